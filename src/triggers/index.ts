// Triggers: bindings flow in; events in order, resumable by cursor, flow out.
export type * from './feed.ts'
