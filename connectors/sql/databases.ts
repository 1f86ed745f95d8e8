// The databases that are open: one for each connection as it is now; changed parameters are another database.
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, systemClock } from '../../src/clock.ts'
import type { WebappContext } from '../../src/hosting/webapp.ts'
import { printJson } from '../../src/json.ts'
import type { OpenDatabase } from './engine.ts'
import { openMysql } from './mysql.ts'
import { openPostgres } from './postgres.ts'
import { ensureSample } from './sample.ts'
import { openSqlite } from './sqlite.ts'
import { readTarget, type Target } from './target.ts'

export interface Databases extends AsyncDisposable {
  /** Throws SqlProblem where the connection does not say what to open. Connects nothing yet. */
  of(context: WebappContext): OpenDatabase
}

/** The least recently used is closed beyond this number. */
const mostOpen = 100

export function createDatabases(clock: Clock = systemClock): Databases {
  const open = new Map<string, OpenDatabase>()
  const closing = new Set<Promise<void>>()

  const close = async (key: string, database: OpenDatabase): Promise<void> => {
    open.delete(key)
    await database[Symbol.asyncDispose]()
  }

  const evict = (context: WebappContext): void => {
    for (const [key, database] of open) {
      if (open.size <= mostOpen) return
      const closed = close(key, database)
        .catch((error: unknown) => {
          context.log('A database that was no longer used could not be closed.', { error: String(error) })
        })
        .finally(() => closing.delete(closed))
      closing.add(closed)
    }
  }

  return {
    of(context) {
      const target = readTarget(context.connection)
      const key = keyOf(target, context.connection)
      const database = open.get(key) ?? opened(target, context, clock)
      // Back to the end: a Map keeps the order of insertion.
      open.delete(key)
      open.set(key, database)
      evict(context)
      return database
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled([...[...open].map(entry => close(...entry)), ...closing])
    },
  }
}

/** Of a hash, so that no password is kept as a key. */
function keyOf(target: Target, connection: WebappContext['connection']): string {
  const shared = target.engine === 'sample' || target.engine === 'sqlite'
  return createHash('sha256')
    .update(printJson(shared ? target : connection))
    .digest('base64url')
}

function opened(target: Target, { dataFolder, connect }: WebappContext, clock: Clock): OpenDatabase {
  switch (target.engine) {
    case 'postgres':
      return openPostgres(target, connect, clock)
    case 'mysql':
      return openMysql(target, connect, clock)
    case 'sqlite':
      return openSqlite(join(folder(dataFolder, 'databases'), target.file))
    case 'sample': {
      const file = join(folder(dataFolder, 'sample'), 'shop.db')
      ensureSample(file)
      return openSqlite(file)
    }
  }
}

function folder(dataFolder: string, name: string): string {
  const path = join(dataFolder, name)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  return path
}
