// A policy template (connector-format §4). The list is index.ts; adding a template is a file and a line there.
import type { OpenConnection } from '../../connections/index.ts'
import type { PolicyInstance } from '../../definition/index.ts'
import type { Json } from '../../json.ts'
import type { Bytes } from '../invocation.ts'
import type { Draft, PathValues } from '../request/draft.ts'

/** The answer while response policies work on it. */
export interface Answer {
  readonly status: number
  /** By lower-case name. */
  readonly headers: Record<string, string>
  body: Json | Bytes
}

export interface PolicyCall {
  readonly connection: OpenConnection | null
  readonly draft: Draft
  /** Values of the operation's own path tokens, which routes may use again. */
  readonly pathValues: PathValues
  /** A link is followed, which brings its own path and query. */
  readonly followed: boolean
  /** False where the address is settled: the connection names an instance, or a webapp answers. */
  readonly hostOpen: boolean
  /** Makes a call of its own on the way. Throws as `Invoker.call` does. */
  send(draft: Draft): Promise<Answer>
}

export interface PolicyTemplate {
  /** Template ids in lower case. */
  readonly names: readonly string[]
  /** Changes the draft. Absent: nothing to do before the call. */
  request?(policy: PolicyInstance, call: PolicyCall): void | Promise<void>
  /** Changes a successful answer. Absent: nothing to do behind the call. */
  response?(policy: PolicyInstance, call: PolicyCall, answer: Answer): void
}
