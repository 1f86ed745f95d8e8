// What the connections of a hub are built from.
import type { Clock } from '../clock.ts'
import type { ConnectorDefinition } from '../definition/index.ts'
import type { Store } from '../store/index.ts'
import { notFound } from './authorize.ts'
import type { OpenConnection } from './connection.ts'
import type { Vault } from './vault.ts'

/** Tries a connection at its API. Says in `message` what went wrong; never rejects for what the API answers. */
export type Tester = (
  definition: ConnectorDefinition,
  connection: OpenConnection,
) => Promise<{ readonly ok: boolean; readonly status: number | null; readonly message: string | null }>

export interface ConnectionsOptions {
  readonly store: Store
  readonly vault: Vault
  readonly connectors: { get(name: string): Promise<ConnectorDefinition | null> }
  readonly clock: Clock
  readonly tester: Tester
}

/** Throws CONNECTOR_NOT_FOUND. */
export async function definitionOf(
  { connectors }: Pick<ConnectionsOptions, 'connectors'>,
  name: string,
): Promise<ConnectorDefinition> {
  const definition = await connectors.get(name)
  if (definition) return definition
  throw notFound({ kind: 'CONNECTOR', id: name })
}
