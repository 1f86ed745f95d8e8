// Invocation: one operation, its arguments and an open connection flow in; the upstream's answer or a JunctorError
// flows out. Everything that leaves the hub passes the egress guard here.

export type * from './invocation.ts'
export { Bytes, noArguments, webappConnectionHeader } from './invocation.ts'
