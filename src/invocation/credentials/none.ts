// No credential: the API is open.
import type { Authenticator } from './contract.ts'

export const none = { kinds: ['NONE'], apply: () => {} } satisfies Authenticator
