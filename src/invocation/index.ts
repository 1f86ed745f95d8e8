// Invocation: one operation, its arguments and an open connection flow in; the upstream's answer or a JunctorError
// flows out. Everything that leaves the hub passes the egress guard here.

export { type DynamicCall, readOptions } from './dynamic/read-options.ts'
export { readSchema } from './dynamic/read-schema.ts'
export { createEgressGuard } from './egress/guard.ts'
export { evaluateOnResponse, readResponsePath } from './expressions/evaluate.ts'
export type * from './invocation.ts'
export { Bytes, bytesOf, noArguments, webappConnectionHeader } from './invocation.ts'
export { createInvoker, type InvokerOptions } from './invoker.ts'
export { type SharedCalls, shareCalls } from './shared-calls.ts'
export { defaultLimits, type Limits } from './transport/limits.ts'
export type { ToldExchange } from './watch/told-exchange.ts'
