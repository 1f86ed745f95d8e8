// Where an embedded server lives and how its programs are run.
import type { Binaries } from './binaries.ts'
import type { Launcher } from './launcher.ts'

export interface ServerPlace {
  /** The data folder, without symbolic links. */
  readonly dataFolder: string
  /** The folder in it that PostgreSQL owns. */
  readonly cluster: string
  /** Where a server that we start listens. */
  readonly socketFolder: string
  /** The file that the server writes its own log to. */
  readonly log: string
  readonly binaries: Binaries
  readonly launch: Launcher
}
