// Compiled artifacts on disk, by content hash and compiler version: written whole or not at all, safe to lose.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { ConnectorDefinition, Diagnostic } from '../../definition/index.ts'
import { type Artifact, compileConnector, compilerVersion } from '../../subgraph/index.ts'
import type { Logger } from '../../telemetry/index.ts'

export interface Compiled {
  readonly artifact: Artifact
  readonly diagnostics: readonly Diagnostic[]
}

/** What is checked of a stored file; the rest was written by the compiler whose version is part of its name. */
const stored = z.looseObject({
  artifact: z.looseObject({
    connector: z.string(),
    hash: z.string(),
    sdl: z.string(),
    operations: z.array(z.looseObject({})),
  }),
  diagnostics: z.array(z.looseObject({})),
})

/** Compiles a definition, or reads what an earlier run compiled from the same content. Throws what the compiler throws. */
export function createArtifactCache(options: { dataFolder: string; logger: Logger }) {
  const folder = join(options.dataFolder, 'artifacts')

  async function read(file: string): Promise<Compiled | null> {
    const text = await readFile(file, 'utf8').catch(() => null)
    if (text === null) return null
    try {
      return stored.parse(JSON.parse(text)) as unknown as Compiled
    } catch (error) {
      options.logger.warn({ error, file }, 'A stored artifact is damaged and is compiled again.')
      return null
    }
  }

  async function write(file: string, compiled: Compiled): Promise<void> {
    const draft = `${file}.${process.pid}.${crypto.randomUUID()}`
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(draft, JSON.stringify(compiled), { mode: 0o600 })
    await rename(draft, file)
  }

  return async function compiled(definition: ConnectorDefinition): Promise<Compiled> {
    const file = join(folder, `${definition.name}-${definition.hash}-${compilerVersion}.json`)
    const known = await read(file)
    if (known) return known
    const fresh = await compileConnector(definition)
    await write(file, fresh).catch(error =>
      options.logger.warn(
        { error, file },
        'An artifact could not be stored; it will be compiled again at the next start.',
      ),
    )
    return fresh
  }
}
