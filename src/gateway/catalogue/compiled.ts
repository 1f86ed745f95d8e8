// What reading and compiling one connector yields, and the short form of it that the index keeps.
import { z } from 'zod'
import type { ConnectorDefinition, Diagnostic } from '../../definition/index.ts'
import type { Artifact } from '../../subgraph/index.ts'

export interface Compiled {
  /** Null where the package could not be read. */
  readonly definition: ConnectorDefinition | null
  /** Null where it could not be read or compiled: the connector is quarantined. */
  readonly artifact: Artifact | null
  readonly diagnostics: readonly Diagnostic[]
}

/** Only the frame is checked, of what the hub's own compiler wrote: it tells a damaged file or answer from a whole one. */
export const compiledFrame = z.custom<Compiled>(
  value =>
    z
      .object({
        definition: z.object({ hash: z.string() }).nullable(),
        artifact: z.object({ sdl: z.string() }).nullable(),
        diagnostics: z.array(z.object({})),
      })
      .safeParse(value).success,
)

export type Status = 'READY' | 'DEGRADED' | 'QUARANTINED'

/** What lists and searches need, without the connector being loaded. */
export interface Summary {
  readonly title: string
  readonly description?: string | undefined
  readonly status: Status
  /** Content hash and compiler version: names the stored artifact; null where there is none. */
  readonly artifact: string | null
}

/** QUARANTINED: serves nothing. DEGRADED: serves, but something was lost on the way. */
export function statusOf(compiled: Compiled): Status {
  if (!compiled.artifact) return 'QUARANTINED'
  return compiled.diagnostics.some(diagnostic => diagnostic.severity !== 'INFO') ? 'DEGRADED' : 'READY'
}

/** Where a connector's text is. */
export type Source =
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'document'; readonly document: string; readonly properties: string | null }
