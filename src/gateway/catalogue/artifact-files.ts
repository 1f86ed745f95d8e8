// Compiled connectors on disk: written whole or not at all, and safe to lose.
import { mkdirSync } from 'node:fs'
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../clock.ts'
import { parseJson, printJson } from '../../json.ts'
import { compilerVersion } from '../../subgraph/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import { type Compiled, compiledFrame } from './compiled.ts'

/** Another hub may share the folder and be about to use what this one does not know: files this young stay. */
const youngMilliseconds = 24 * 60 * 60_000

export interface ArtifactFiles {
  /** Null where there is none, or a damaged one. */
  read(artifact: string): Promise<Compiled | null>
  /** Stores what compiled; the result is what `read` takes, null where nothing compiled. */
  write(name: string, compiled: Compiled): Promise<string | null>
  /** Removes what is left of connectors that are gone or were replaced. */
  prune(kept: ReadonlySet<string>): Promise<void>
}

export function createArtifactFiles(options: {
  dataFolder: string
  clock: Clock
  logger: Logger
}): ArtifactFiles {
  const { clock, logger } = options
  const folder = join(options.dataFolder, 'artifacts')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = (artifact: string) => join(folder, `${artifact}.json`)

  return {
    async read(artifact) {
      try {
        return compiledFrame.parse(parseJson(await readFile(path(artifact), 'utf8')))
      } catch (error) {
        logger.info(
          { error, artifact },
          'A stored artifact is gone or damaged; the connector is compiled again.',
        )
        return null
      }
    },
    async write(name, compiled) {
      if (!compiled.definition || !compiled.artifact) return null
      const artifact = `${name}-${compiled.definition.hash.slice(0, 32)}-${compilerVersion}`
      const draft = `${path(artifact)}.${process.pid}.${crypto.randomUUID()}`
      await writeFile(draft, printJson(compiled), { mode: 0o600 })
      await rename(draft, path(artifact))
      return artifact
    },
    async prune(kept) {
      for (const name of await readdir(folder)) {
        const artifact = /^(.+-[0-9a-f]{32}-\d+)\.json(\.|$)/.exec(name)?.[1]
        if (artifact === undefined || kept.has(artifact)) continue
        const file = join(folder, name)
        const age = clock.now() - (await stat(file)).mtimeMs
        if (age > youngMilliseconds) await rm(file, { force: true })
      }
    },
  }
}
