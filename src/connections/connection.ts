// A person's authorised use of a connector, as the rest of the hub sees it.
import type { AuthenticationDefinition } from '../definition/index.ts'
import type { Json } from '../json.ts'
import type { Secret } from '../secret.ts'

export type ConnectionId = string & { readonly brand: 'ConnectionId' }
export type ConnectionStatus = 'PENDING' | 'ACTIVE' | 'NEEDS_AUTHORIZATION' | 'REVOKED' | 'DISABLED'
export type Role = 'USE' | 'EDIT' | 'OWN'

/**
 * Which connector. The name alone does not say: after a removal another may take it, of another organization with
 * another host, and one in a folder may come and go.
 */
export interface ConnectorIdentity {
  readonly connector: string
  /** The import; null for a connector that ships with the hub or is in a folder. */
  readonly importId: string | null
}

export interface Connection extends ConnectorIdentity {
  readonly id: ConnectionId
  readonly organizationId: string
  readonly ownerId: string
  readonly name: string
  readonly authentication: string
  /** Parameters that are not secret. */
  readonly parameters: Readonly<Record<string, Json>>
  /** Names of the secret parameters that are set. */
  readonly secretNames: readonly string[]
  readonly baseUrl: string | null
  readonly status: ConnectionStatus
  readonly statusReason: string | null
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
  readonly lastTest: ConnectionTest | null
}

export interface ConnectionTest {
  readonly ok: boolean
  readonly at: Date
  readonly status: number | null
  readonly message: string | null
}

/** A connection whose credential is open, for one call. Never stored, never logged. */
export interface OpenConnection {
  readonly id: ConnectionId
  readonly connector: string
  readonly authentication: AuthenticationDefinition
  readonly parameters: Readonly<Record<string, Json>>
  readonly secrets: Readonly<Record<string, Secret>>
  /** Replaces the definition's base URL (a self-hosted instance). */
  readonly baseUrl: string | null
}
