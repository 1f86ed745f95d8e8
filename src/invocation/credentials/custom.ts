// Parameters that only policies or a webapp read; one that the package places itself goes there (connector-format §3.3).
import { apiKey } from './api-key.ts'
import type { Authenticator } from './contract.ts'

export const custom = { kinds: ['CUSTOM'], apply: apiKey.apply } satisfies Authenticator
