/** What one call may take. Milliseconds and bytes. */
export interface Limits {
  readonly connectMs: number
  readonly headersMs: number
  /** Between two pieces of the body. */
  readonly bodyIdleMs: number
  /** Of a hook between the answers that it waits for. */
  readonly hookMs: number
  /** The whole call, retries and redirects included. */
  readonly totalMs: number
  /** Of a response body, as it comes and after decompression. */
  readonly responseBytes: number
  /** Of a body that is passed on while it comes. */
  readonly streamedBytes: number
}

export const defaultLimits: Limits = {
  connectMs: 5_000,
  headersMs: 30_000,
  bodyIdleMs: 30_000,
  hookMs: 10_000,
  totalMs: 120_000,
  responseBytes: 10 * 1024 * 1024,
  streamedBytes: 10 * 1024 ** 3,
}
