// A connection outlives its connector, and of every connection the API shows a connector. Where the real one does not
// serve, or is none of the caller's, this stands in: the lists that hold the connection stay whole, and it says why.
import type { ConnectorIdentity } from '../../connections/index.ts'
import type { Compiled, Summary } from '../catalogue/compiled.ts'

/** What the hub itself says of a connector, beside what the reader of its package says. */
export interface Notice {
  readonly severity: 'ERROR' | 'WARNING'
  readonly code: 'CONNECTOR_MISSING' | 'IMPORT_HIDDEN'
  readonly message: string
}

export interface MissingConnector extends Omit<Compiled, 'diagnostics'>, Omit<Summary, 'artifact'> {
  readonly diagnostics: readonly Notice[]
  readonly missing: ConnectorIdentity
  readonly name: string
}

export function missingConnector({ connector, importId }: ConnectorIdentity): MissingConnector {
  const why =
    importId === null
      ? 'It was taken out of its folder'
      : 'It was removed, it is another organization’s, or a connector that is not imported has its name'
  return {
    missing: { connector, importId },
    name: connector,
    title: connector,
    status: 'QUARANTINED',
    definition: null,
    artifact: null,
    diagnostics: [
      {
        severity: 'ERROR',
        code: 'CONNECTOR_MISSING',
        message: `The connector "${connector}" of this connection does not serve. ${why}; another connector of this name is not meant. Delete the connection, or have the connector brought back.`,
      },
    ],
  }
}
