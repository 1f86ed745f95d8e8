// A way to authenticate an upstream request. The list is index.ts; adding a kind is a file and a line there.
import type { OpenConnection } from '../../connections/index.ts'
import type { AuthenticationKind } from '../../definition/index.ts'
import type { Draft } from '../request/draft.ts'

export interface Authenticator {
  readonly kinds: readonly AuthenticationKind[]
  /**
   * Adds the connection's credential to the draft; an empty optional one is left out. Runs before policies, which
   * may move or prefix it (connector-format §4.2). Throws CREDENTIAL_INVALID, AUTHENTICATION_UNSUPPORTED.
   */
  apply(connection: OpenConnection, draft: Draft): void
}
