// Compiled connectors on disk: written whole or not at all, and safe to lose.
import { mkdirSync, readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { parseJson, printJson } from '../../json.ts'
import { compilerVersion } from '../../subgraph/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import type { Compiled } from './compiled.ts'

/** Only the frame is checked: the compiler whose version is part of the file's name wrote the rest. */
const frame = z.custom<Compiled>(
  value =>
    z
      .object({
        definition: z.object({ hash: z.string() }),
        artifact: z.object({ sdl: z.string() }),
        diagnostics: z.array(z.object({})),
      })
      .safeParse(value).success,
)

export interface ArtifactFiles {
  /** Null where there is none, or a damaged one. */
  read(artifact: string): Compiled | null
  /** Stores what compiled; the result is what `read` takes, null where nothing compiled. */
  write(name: string, compiled: Compiled): Promise<string | null>
}

export function createArtifactFiles(options: { dataFolder: string; logger: Logger }): ArtifactFiles {
  const { logger } = options
  const folder = join(options.dataFolder, 'artifacts')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = (artifact: string) => join(folder, `${artifact}.json`)

  return {
    read(artifact) {
      try {
        return frame.parse(parseJson(readFileSync(path(artifact), 'utf8')))
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
  }
}
