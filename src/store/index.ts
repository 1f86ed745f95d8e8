// Store: a configuration flows in; an open PostgreSQL with all migrations applied flows out, the operator's own or the
// embedded one. What was committed stays, whatever is killed; a database that comes back is used again by itself.
export { isLockTimeout, isRefusal, unanswered } from './database-error.ts'
export { openStore } from './open-store.ts'
export * as schema from './schema/index.ts'
export type * from './store.ts'
