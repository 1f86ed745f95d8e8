// node:sqlite opens files past Node's permission model, and SQL itself can (ATTACH, VACUUM INTO). This closes both.
import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, sep } from 'node:path'
import type { DatabaseSync as Database } from 'node:sqlite'

// Not by `import`: what was imported once keeps its exports, syncBuiltinESMExports leaves out modules that exist
// only with the prefix `node:`. The object is the one behind `import`, `require` and process.getBuiltinModule.
const sqlite: typeof import('node:sqlite') = createRequire(import.meta.url)('node:sqlite')
const { constants } = sqlite

const inMemory = ':memory:'

/** Before anything imports node:sqlite: from here on databases are plain files in `folder`, or in memory. */
export function fenceSqlite(folder: string): void {
  const home = realpathSync(folder)
  const { DatabaseSync } = sqlite
  const { setAuthorizer } = DatabaseSync.prototype
  const open = DatabaseSync.prototype.open
  const fence = (database: Database) => setAuthorizer.call(database, authorize)

  DatabaseSync.prototype.setAuthorizer = function fenced(callback) {
    setAuthorizer.call(this, (...action) =>
      authorize(action[0], action[1]) === constants.SQLITE_OK && callback
        ? callback(...action)
        : authorize(action[0], action[1]),
    )
  }
  DatabaseSync.prototype.open = function fenced() {
    open.call(this)
    fence(this)
  }
  const Fenced = new Proxy(DatabaseSync, {
    construct(target, [location, options], newTarget) {
      const path = pathWithin(home, location)
      const database: Database = Reflect.construct(target, options ? [path, options] : [path], newTarget)
      if (options?.open !== false) fence(database)
      return database
    },
  })
  Object.defineProperty(DatabaseSync.prototype, 'constructor', { value: Fenced })
  Object.assign(sqlite, {
    DatabaseSync: Fenced,
    backup: () => Promise.reject(new Error('A webapp copies a database by SQL, not by node:sqlite.backup.')),
  })
}

/** ATTACH and VACUUM INTO take file names (both ask as SQLITE_ATTACH); two pragmas move temporary files. */
function authorize(action: number, name: string | null): number {
  const moves = action === constants.SQLITE_PRAGMA && /^(temp|data)_store_directory$/i.test(name ?? '')
  return action === constants.SQLITE_ATTACH || moves ? constants.SQLITE_DENY : constants.SQLITE_OK
}

/** URI file names are refused with the rest: they carry options such as another `vfs`. */
function pathWithin(home: string, location: unknown): string {
  const path = String(location)
  if (path === inMemory) return path
  const target = path.startsWith('file:') ? null : realPath(path)
  if (target?.startsWith(home + sep)) return target
  throw new Error(`A webapp opens SQLite databases only in its own folder, ${home}.`)
}

/** With every symbolic link followed, also for a file that is yet to be made; null where that cannot be known. */
function realPath(path: string): string | null {
  try {
    const target = join(realpathSync(dirname(path)), basename(path))
    return existsSync(target) ? realpathSync(target) : target
  } catch {
    // The folder does not exist, or the permission model hides it.
    return null
  }
}
