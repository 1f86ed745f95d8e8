// node:sqlite opens files past Node's permission model, and SQL itself can (ATTACH, VACUUM INTO). This closes both.
import { existsSync, realpathSync } from 'node:fs'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { basename, dirname, join, sep } from 'node:path'
import { constants, DatabaseSync } from 'node:sqlite'

const inMemory = ':memory:'

/** From here on databases of this process are plain files in `folder`, or in memory. */
export function fenceSqlite(folder: string): void {
  const home = realpathSync(folder)
  const { setAuthorizer } = DatabaseSync.prototype
  const open = DatabaseSync.prototype.open
  const fence = (database: DatabaseSync) => setAuthorizer.call(database, authorize)

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
      const database: DatabaseSync = Reflect.construct(target, options ? [path, options] : [path], newTarget)
      if (options?.open !== false) fence(database)
      return database
    },
  })
  Object.defineProperty(DatabaseSync.prototype, 'constructor', { value: Fenced })
  // The one object behind `import`, `require` and process.getBuiltinModule.
  const sqlite = createRequire(import.meta.url)('node:sqlite')
  sqlite.DatabaseSync = Fenced
  sqlite.backup = () =>
    Promise.reject(new Error('A webapp copies a database by SQL, not by node:sqlite.backup.'))
  syncBuiltinESMExports()
}

/** ATTACH and VACUUM INTO take file names (both ask as SQLITE_ATTACH); two pragmas move temporary files. */
function authorize(action: number, name: string | null): number {
  const moves = action === constants.SQLITE_PRAGMA && /^(temp|data)_store_directory$/i.test(name ?? '')
  return action === constants.SQLITE_ATTACH || moves ? constants.SQLITE_DENY : constants.SQLITE_OK
}

/** URI file names are refused with the rest: they carry options such as another `vfs`. */
function pathWithin(home: string, location: unknown): string {
  if (location === inMemory) return inMemory
  const path = String(location)
  const folder = dirname(path)
  const real =
    !path.startsWith('file:') && existsSync(folder) ? join(realpathSync(folder), basename(path)) : ''
  const target = existsSync(real) ? realpathSync(real) : real
  if (target.startsWith(home + sep)) return target
  throw new Error(`A webapp opens SQLite databases only in its own folder, ${home}.`)
}
