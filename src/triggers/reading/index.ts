// Reading: a binding or a feed's id flows in, with a cursor or none; a place at the feed flows out, from which its
// events are read in order, without gap or repeat. Who subscribes makes the feed, and waits until it is started.
export { createFollow, type FollowRequest } from './follow.ts'
export type { Subscription } from './place.ts'
export { createReaders } from './readers.ts'
export { createStarter } from './start-feed.ts'
export { createSubscribe, type SubscribeRequest } from './subscribe.ts'
