// Identity: HTTP headers flow in; who is asking flows out. Behind it better-auth answers /api/auth: accounts,
// sessions, API keys, organizations with teams. The first account administers the hub and closes sign-up.
export type * from './actor.ts'
export type { HeaderReader } from './credential.ts'
export { createIdentity, type Identity, type IdentityOptions } from './identity.ts'
