// One installed connector, whatever became of it.
import type { ConnectorDefinition, Diagnostic } from '../../definition/index.ts'
import type { Artifact } from '../../subgraph/index.ts'

/** Where a connector came from. */
export type Origin =
  | { readonly kind: 'bundled'; readonly folder: string }
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'imported'; readonly organizationId: string; readonly createdBy: string | null }

export interface Entry {
  readonly name: string
  readonly origin: Origin
  readonly diagnostics: readonly Diagnostic[]
  /** Null where the package could not be read. */
  readonly definition: ConnectorDefinition | null
  /** Null where it could not be read or compiled: the connector is quarantined. */
  readonly artifact: Artifact | null
}

export type Status = 'READY' | 'DEGRADED' | 'QUARANTINED'

/** QUARANTINED: serves nothing. DEGRADED: serves, but something was lost on the way. */
export function statusOf(entry: Entry): Status {
  if (!entry.artifact) return 'QUARANTINED'
  return entry.diagnostics.some(diagnostic => diagnostic.severity !== 'INFO') ? 'DEGRADED' : 'READY'
}
