// Upkeep: the time flows in; ends of feeds that nobody needs, room where old events were, forgotten work that is due
// again, and the count of what is due flow out. Every instance does it; twice at once does no harm.
export { createDueGauges } from './due-gauges.ts'
export { createReconcile } from './reconcile.ts'
export { createUpkeep } from './upkeep.ts'
