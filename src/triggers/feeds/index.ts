// Feeds as they are kept: bindings and options flow in; rows flow out, and what the rest of the hub sees of them, with
// the trigger behind each, the way to call it, and what is sealed in it. A binding has one feed at a time, and whatever
// begins, pauses or ends one fences whoever works on it.
export { bindingHash, canonical, readArguments } from './binding.ts'
export { type CallOptions, type CallUnder, createFeedCall, type FeedCall } from './call.ts'
export {
  type Binding,
  type Feed,
  type FeedEvent,
  type FeedEventPage,
  type FeedId,
  type FeedOptions,
  type FeedPage,
  type FeedPoll,
  type FeedStart,
  type FeedStatus,
  feedIdOf,
} from './feed.ts'
export { boundColumns } from './feed-maker.ts'
export {
  connectionIdOf,
  type FeedRow,
  type FeedUpdate,
  feedOf,
  hasMoved,
  liveStatuses,
  startOf,
} from './feed-row.ts'
export { fenced, released, withHole } from './feed-states.ts'
export {
  createFeedTable,
  endFeedsOfImport,
  type FeedTable,
  moveFeedsOf,
  removedConnector,
} from './feed-table.ts'
export { withPoll } from './poll-history.ts'
export { createFeedRotation, type ResealedFeeds } from './rotation.ts'
export { createFeedSeal, type FeedSeal, type Seal } from './seal.ts'
export type { WebhookFeed } from './token-look-up.ts'
export {
  type Connectors,
  findTrigger,
  type PollingRole,
  registersByCall,
  type Trigger,
  type WebhookRole,
} from './trigger.ts'
export { createTokens, type Tokens } from './webhook-token.ts'
