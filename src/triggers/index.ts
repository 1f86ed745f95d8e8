// Triggers: bindings and webhook deliveries flow in; events flow out, in order and resumable by cursor. An event is in
// the log together with the poll state it came from before anybody sees it; one instance at a time works on a feed,
// and what a subscriber is not told of by an error, it has not missed.
export { type Bus, inProcessBus, natsBus, postgresBus } from './bus/index.ts'
export type { Triggers, TriggersOptions } from './engine.ts'
export type {
  Binding,
  Feed,
  FeedEvent,
  FeedId,
  FeedOptions,
  FeedStart,
} from './feeds/index.ts'
export { endFeedsOfImport, feedIdOf, moveFeedsOf } from './feeds/index.ts'
export type { LoggedEvent } from './log/index.ts'
export type { Subscription } from './reading/index.ts'
export { createTriggers } from './triggers.ts'
export { deliveryBodyLimit } from './webhook/index.ts'
