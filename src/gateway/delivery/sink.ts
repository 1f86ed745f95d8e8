// Where a subscription's payloads go: what a transport gives to the delivery, which knows no sockets.

/** What an event is to all who select the same of it: made once. */
export interface Payload {
  readonly cursor: string
  /** The GraphQL result as JSON, UTF-8. */
  readonly json: Buffer
}

/** One client's end. None of it throws where the client is gone. */
export interface Sink {
  /** Sends without waiting. False where the client has not taken so much that it should be given no more for now. */
  send(payload: Payload): boolean
  /** Resolves once all that was sent has left, or the client is gone. */
  drained(): Promise<void>
  /** Disconnects a client that takes nothing, and tells why as far as it can be told. */
  drop(reason: string): void
}

/** Bytes that a client may leave untaken before it is given no more (connector-platforms G5). */
export const mostUntaken = 256 * 1024

/** A subscription while it sends to its sink: `next` settles when it is over, and yields nothing. */
export interface Sending extends AsyncIterableIterator<never, undefined> {
  return(): Promise<IteratorReturnResult<undefined>>
}
