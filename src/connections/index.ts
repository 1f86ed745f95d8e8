// Connections: people's wishes (create, test, share) flow in; connections they may use, opened for one call, flow out.
// Credentials are sealed in the store and never leave but through `open`. The vault and its keys live here too, and
// `authorize`, which everything that reads or changes data asks.
export { type Audit, createAudit } from './audit.ts'
export { authorize, connectorNotFound } from './authorize.ts'
export type * from './connection.ts'
export { type Connections, createConnections } from './connections.ts'
export type { ConnectionsOptions, Tester } from './dependencies.ts'
export { deriveSecret, loadKeys } from './encryption-keys.ts'
export type { Principal } from './grants.ts'
export { revokeImport } from './import-removal.ts'
export { createVault, type SealContext } from './vault.ts'
