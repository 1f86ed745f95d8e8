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

export interface IndexFile {
  /** By key: what `save` was given last. */
  load(): ReadonlyMap<string, IndexEntry>
  save(entries: ReadonlyMap<string, IndexEntry>): Promise<void>
}

export function createIndexFile(options: { dataFolder: string; logger: Logger }): IndexFile {
  const path = join(options.dataFolder, 'artifacts', 'index.json')
  return {
    load() {
      try {
        return new Map(Object.entries(file.parse(JSON.parse(readFileSync(path, 'utf8'))).connectors))
      } catch (error) {
        options.logger.debug(
          { error },
          'There is no index of connectors yet, or one of another version; all are read.',
        )
        return new Map()
      }
    },
    async save(entries) {
      const draft = `${path}.${process.pid}.${crypto.randomUUID()}`
      await writeFile(draft, JSON.stringify({ compilerVersion, connectors: Object.fromEntries(entries) }), {
        mode: 0o600,
      })
      await rename(draft, path)
    },
  }
}
