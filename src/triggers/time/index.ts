// Time: a clock, or seconds, flow in; repetitions, pauses and moments as SQL flow out. Deadlines are moments by the
// database's clock, so that instances whose clocks differ agree; the clock that is handed in only says when to look.
export { every } from './every.ts'
export { secondsAgo, secondsFromNow } from './moments.ts'
export { pause } from './pause.ts'
