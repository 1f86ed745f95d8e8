// The log: events with their keys flow in, under their feed's row lock; pages of them flow out, in order, each event
// with a cursor. Of equal keys one is kept, and who reads on from a cursor misses nothing, or is told.
export { type Appended, createAppendAtOnce } from './append-at-once.ts'
export { cursorExpired, decodeCursor, type Position } from './cursor.ts'
export { appendEvents, appendNew, type LoggedEvent, type NewEvent, oldestSequence } from './event-log.ts'
export { createEventPages, type EventPage, type EventPages, type FeedStanding } from './event-pages.ts'
export { eventPage } from './log-page.ts'
