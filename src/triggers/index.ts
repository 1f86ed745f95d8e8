// Triggers: bindings and webhook deliveries flow in; events flow out, in order and resumable by cursor. An event is in
// the log together with the poll state it came from before anybody sees it; one instance at a time works on a feed,
// and what a subscriber is not told of by an error, it has not missed.
export type { Bus } from './bus/contract.ts'
export { inProcessBus } from './bus/in-process.ts'
export { natsBus } from './bus/nats.ts'
export { postgresBus } from './bus/postgres.ts'
export type { Subscription, Triggers, TriggersOptions } from './engine.ts'
export type { LoggedEvent } from './event-log.ts'
export type * from './feed.ts'
export { feedIdOf } from './feed.ts'
export { endFeedsOfImport } from './feed-table.ts'
export { createTriggers } from './triggers.ts'
export { deliveryBodyLimit } from './webhook/delivery.ts'
