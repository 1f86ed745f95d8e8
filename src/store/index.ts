// Store: a configuration flows in; an open PostgreSQL with all migrations applied flows out.
export * as schema from './schema/index.ts'
export type * from './store.ts'
