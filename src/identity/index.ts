// Identity: HTTP headers flow in; who is asking flows out.
export type * from './actor.ts'
