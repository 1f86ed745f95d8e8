// Connections: people's wishes (create, test, share) flow in; connections they may use, opened for one call, flow out.
// Credentials are sealed in the store and never leave but through `open`. The vault and its keys live here too, and
// `authorize`, which everything that reads or changes data asks.
export { type Audit, type AuditEntry, type AuditRecord, createAudit } from './audit.ts'
export { type Action, authorize, type Resource } from './authorize.ts'
export type { CreateConnection, UpdateConnection } from './changes.ts'
export type * from './connection.ts'
export { type Connections, createConnections } from './connections.ts'
export type { ConnectionsOptions, Tester } from './dependencies.ts'
export { deriveSecret, type KeyOptions, loadKeys } from './encryption-keys.ts'
export type { Grant, Principal } from './grants.ts'
export type { ConnectionList } from './lookup.ts'
export type { Page, PageRequest } from './page.ts'
export type { Resealed } from './rotation.ts'
export { createVault, type SealContext, type Vault } from './vault.ts'
