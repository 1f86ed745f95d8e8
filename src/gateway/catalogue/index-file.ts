// What was known of each connector when the hub last ran, so that a start reads one file and not a thousand packages.
// Safe to lose: whatever is missing is read again.
import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { compilerVersion } from '../../subgraph/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import type { Summary } from './compiled.ts'

/** `stamp` tells whether the source changed since: sizes and times of its files, or the row's time. */
export interface IndexEntry {
  readonly stamp: string
  readonly summary: Summary
}

const file = z.object({
  compilerVersion: z.literal(compilerVersion),
  connectors: z.record(
    z.string(),
    z.object({
      stamp: z.string(),
      summary: z.object({
        title: z.string(),
        description: z.string().optional(),
        status: z.enum(['READY', 'DEGRADED', 'QUARANTINED']),
        artifact: z.string().nullable(),
      }),
    }),
  ),
})

export interface IndexFile extends AsyncDisposable {
  /** By key: what was saved last. */
  load(): ReadonlyMap<string, IndexEntry>
  /** Saves soon what `entries` gives then: once for many changes. Disposing waits for it. */
  save(entries: () => ReadonlyMap<string, IndexEntry>): void
}

export function createIndexFile(options: { dataFolder: string; logger: Logger }): IndexFile {
  const { logger } = options
  const path = join(options.dataFolder, 'artifacts', 'index.json')
  let wanted: (() => ReadonlyMap<string, IndexEntry>) | null = null
  let writing: Promise<void> | null = null

  async function write(entries: ReadonlyMap<string, IndexEntry>): Promise<void> {
    const draft = `${path}.${process.pid}.${crypto.randomUUID()}`
    const text = JSON.stringify({ compilerVersion, connectors: Object.fromEntries(entries) })
    await writeFile(draft, text, { mode: 0o600 })
    await rename(draft, path)
  }

  /** One file at a time, so that an older one never replaces a newer. */
  async function writeAll(): Promise<void> {
    await new Promise(setImmediate)
    while (wanted) {
      const entries = wanted()
      wanted = null
      await write(entries).catch(error =>
        logger.warn({ error }, 'The index of connectors could not be saved.'),
      )
    }
    writing = null
  }

  return {
    load() {
      try {
        return new Map(Object.entries(file.parse(JSON.parse(readFileSync(path, 'utf8'))).connectors))
      } catch (error) {
        logger.debug(
          { error },
          'There is no index of connectors yet, or one of another version; all are read.',
        )
        return new Map()
      }
    },
    save(entries) {
      wanted = entries
      writing ??= writeAll()
    },
    async [Symbol.asyncDispose]() {
      await writing
    },
  }
}
