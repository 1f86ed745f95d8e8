// A request as it goes on the wire, and what came back.
import type { HttpMethod } from '../../definition/index.ts'
import type { OpenBody } from './open-body.ts'

export interface WireRequest {
  readonly method: HttpMethod
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string | Uint8Array | null
  /** Query parameters that are a credential, as `name=value` on the wire: for redirects inside the origin only. */
  readonly queryCredentials: readonly string[]
  /** The body of a success is left for the caller to read. */
  readonly leaveBody?: true
}

export interface WireAnswer {
  readonly status: number
  /** Lower-case names, repeated ones joined; set-cookie left out. */
  readonly headers: Record<string, string>
  /** Decompressed. Cut at `errorBytes` for a status outside 2xx. */
  readonly body: Uint8Array
  /** True where the body was longer than what is kept of an error. */
  readonly cut: boolean
  readonly url: URL
  /** The body of a success where the request says to leave it; `body` is empty then. */
  readonly left?: OpenBody
}

/** Sends one request and reads the whole answer. Redirects and errors are answers. */
export type Send = (request: WireRequest, signal: AbortSignal) => Promise<WireAnswer>

/** What an exchange has reached, for whoever measures it. */
export interface Progress {
  /** The request goes out on a connection. */
  sent(): void
  /** The head of the answer is here. */
  answered(): void
}

/** A `Send` of one exchange that can be measured. */
export type WatchedSend = (
  request: WireRequest,
  signal: AbortSignal,
  progress?: Progress,
) => Promise<WireAnswer>
