// The bus: wake-ups of a feed flow in on one instance and out on every one that shares the bus. It may lose some, and
// costs latency then; the log in the store may not.
export type { Bus } from './contract.ts'
export { inProcessBus } from './in-process.ts'
export { natsBus } from './nats.ts'
export { postgresBus } from './postgres.ts'
