// A database as an older hub left it.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import type { Client } from 'pg'

/** Applies the migrations up to and including the one of this name. */
export async function migrateUpTo(client: Client, last: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'junctor-migrations-'))
  try {
    await cp(join(import.meta.dirname, '../../migrations'), folder, { recursive: true })
    const path = join(folder, 'meta/_journal.json')
    const journal = JSON.parse(await readFile(path, 'utf8')) as { entries: { tag: string }[] }
    const end = journal.entries.findIndex(({ tag }) => tag === last) + 1
    if (end === 0) throw new Error(`There is no migration ${last}.`)
    await writeFile(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, end) }))
    await migrate(drizzle(client), { migrationsFolder: folder })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
