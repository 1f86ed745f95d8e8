// All tables of the hub; drizzle-kit reads this to write migrations/.
export * from './connections.ts'
export * from './identity.ts'
export * from './triggers.ts'
