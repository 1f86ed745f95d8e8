// Hosting: connectors with a webapp or hooks flow in; a supervised child process and its Unix socket flow out.
// Promises: hosted code runs only while it is used, without the hub's environment, files or network; a crash restarts it
// and never reaches another connector; no child outlives the hub.

export type * from './hooks.ts'
export { createHosting } from './hosting.ts'
export type * from './webapp.ts'
