// Hosting: connectors with a webapp flow in; a supervised child process and its Unix socket flow out.
export type * from './webapp.ts'
