// The schedule: how the last work on a feed went flows in, and when the next is due flows out; feeds that are due leave
// it as leases, by fair turns. One instance at a time has the lease of a feed, and who lost it writes nothing any more.
export type { Holder } from './fair-choice.ts'
export { type ClaimedFeed, createLeases, type Lease, type Leases } from './lease.ts'
export { backoff, untilNextPoll } from './next-due.ts'
