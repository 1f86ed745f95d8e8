// The request while it is built: the one mutable value of a call. Credentials and policies write to it in order.
import type { HttpMethod } from '../../definition/index.ts'
import type { Json } from '../../json.ts'
import type { DraftBody } from './body.ts'

/**
 * Who chose a value, most suspect first: the caller, the API in a call on the way, the connection, or the package
 * (constants, defaults, policies).
 */
const sources = ['argument', 'answer', 'credential', 'package'] as const
export type Source = (typeof sources)[number]

/** The source of a value that is made of several: the most suspect of theirs. */
export function joined(parts: readonly Source[]): Source {
  return sources.find(source => parts.includes(source)) ?? 'package'
}

/** May not decide where a credential goes: the caller chose it, or led the API to it. */
export function isSuspect(source: Source): boolean {
  return source === 'argument' || source === 'answer'
}

/** Goes along with a call that is sent to another URL of the same origin. */
export function isCredential(source: Source): boolean {
  return source === 'credential' || source === 'answer'
}

export interface QueryPair {
  readonly name: string
  /** The value as it goes on the wire, percent-encoded. */
  readonly wire: string
  readonly source: Source
}

export interface HeaderValue {
  /** In the case it was declared with. */
  readonly name: string
  readonly value: string
  readonly source: Source
}

export interface Draft {
  method: HttpMethod
  /** scheme://host[:port]/basePath, no trailing slash. */
  base: string
  /** Percent-encoded, begins with `/` unless empty. */
  path: string
  query: QueryPair[]
  /** By lower-case name. */
  readonly headers: Map<string, HeaderValue>
  body: DraftBody
}

/** A path token's value for routes that reuse the tokens; undefined where the operation has no such token. */
export type PathValue = { readonly text: string; readonly encoding: 'single' | 'double' | 'raw' }
export type PathValues = ReadonlyMap<string, PathValue>

/** The draft's body where it is JSON, else undefined: what `@body()` means. */
export function jsonBody(draft: Draft): Json | undefined {
  return draft.body.kind === 'json' ? draft.body.value : undefined
}
