// Everything that resolvers work with, built once by main and handed down.
import type { Clock } from '../clock.ts'
import type { Audit, Connections } from '../connections/index.ts'
import type { Identity } from '../identity/index.ts'
import type { Invoker } from '../invocation/index.ts'
import type { Logger, Metrics, Tracing } from '../telemetry/index.ts'
import type { Triggers } from '../triggers/index.ts'
import type { Catalogue } from './catalogue/catalogue.ts'
import type { Imports } from './catalogue/import.ts'
import type { FileLinks } from './files/file-links.ts'

export interface Services {
  readonly catalogue: Catalogue
  readonly imports: Imports
  readonly identity: Identity
  readonly connections: Connections
  readonly audit: Audit
  readonly invoker: Invoker
  readonly triggers: Triggers
  readonly fileLinks: FileLinks
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  /** Null: no spans are made. */
  readonly tracing: Tracing | null
}
