// The request while it is built: the one mutable value of a call. Credentials and policies write to it in order.
import type { HttpMethod } from '../../definition/index.ts'
import type { Json } from '../../json.ts'
import type { DraftBody } from './body.ts'

/**
 * Who chose a value: the caller, the package (constants, defaults, policies), or the connection. What a caller chose
 * may not decide where a credential goes.
 */
export type Source = 'argument' | 'package' | 'credential'

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
