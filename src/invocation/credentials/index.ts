// Credentials: an open connection and a draft flow in; the draft leaves with the credential in it.
import type { OpenConnection } from '../../connections/index.ts'
import type { Draft } from '../request/draft.ts'
import { apiKey } from './api-key.ts'
import { basic } from './basic.ts'
import { bearer } from './bearer.ts'
import type { Authenticator } from './contract.ts'
import { custom } from './custom.ts'
import { none } from './none.ts'

export const authenticators: readonly Authenticator[] = [none, apiKey, basic, bearer, custom]

/** Adds the connection's credential to the draft. Throws CREDENTIAL_INVALID, AUTHENTICATION_UNSUPPORTED. */
export function applyCredential(connection: OpenConnection, draft: Draft): void {
  const { kind } = connection.authentication
  authenticators.find(({ kinds }) => kinds.includes(kind))?.apply(connection, draft)
}
