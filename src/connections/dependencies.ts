// What the connections of a hub are built from.
import type { Clock } from '../clock.ts'
import type { ConnectorDefinition } from '../definition/index.ts'
import type { Queryable, Store } from '../store/index.ts'
import { connectorNotFound } from './authorize.ts'
import type { ConnectorIdentity, OpenConnection } from './connection.ts'
import type { Vault } from './vault.ts'

/** Tries a connection at its API. Says in `message` what went wrong; never rejects for what the API answers. */
export type Tester = (
  definition: ConnectorDefinition,
  connection: OpenConnection,
) => Promise<{ readonly ok: boolean; readonly status: number | null; readonly message: string | null }>

export interface ConnectionsOptions {
  readonly store: Store
  readonly vault: Vault
  readonly connectors: {
    /** Which connector serves under the name; null for none. */
    serving(name: string): ConnectorIdentity | null
    /** Null where it is not this one that serves under the name, or it cannot be read. */
    get(of: ConnectorIdentity): Promise<ConnectorDefinition | null>
  }
  readonly clock: Clock
  readonly tester: Tester
  /** Called in the transaction that gives a connection another credential, or another place to lead to. */
  readonly moved: (db: Queryable, connectionId: string) => Promise<void>
}

/** Throws CONNECTOR_NOT_FOUND. */
export async function definitionOf(
  { connectors }: Pick<ConnectionsOptions, 'connectors'>,
  { connector, importId }: ConnectorIdentity,
): Promise<ConnectorDefinition> {
  const definition = await connectors.get({ connector, importId })
  if (definition) return definition
  throw connectorNotFound(connector)
}

/** The connector that serves under the name. Throws CONNECTOR_NOT_FOUND. */
export function servingOf(
  { connectors }: Pick<ConnectionsOptions, 'connectors'>,
  name: string,
): ConnectorIdentity {
  const serving = connectors.serving(name)
  if (serving) return serving
  throw connectorNotFound(name)
}
