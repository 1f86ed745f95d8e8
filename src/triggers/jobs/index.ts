// Jobs: feeds that are due flow in; calls to their APIs flow out, and what came of them is committed under the lease.
// A crash repeats work and loses nothing, but for the call of a webhook action: it is made once, by who wants its
// answer.
export { type AskRequest, createAsk } from './ask.ts'
export { createMovedWork } from './moved-work.ts'
export { createPollWork } from './poll-work.ts'
export { createRegisteredWork } from './registered-work.ts'
export { createScheduler, type Scheduler } from './scheduler.ts'
export { createWebhookWork } from './webhook-work.ts'
export { createWorker } from './worker.ts'
