// One call of one operation: what goes in and what comes out.
import type { OpenConnection } from '../connections/index.ts'
import type { ConnectorDefinition, OperationDefinition, ParameterDefinition } from '../definition/index.ts'
import { type Json, printJson } from '../json.ts'
import type { Secret } from '../secret.ts'
import type { Span } from '../telemetry/index.ts'
import type { ToldExchange } from './watch/told-exchange.ts'

/** Arguments by where they go on the wire and their wire names. `undefined` never occurs; null is a value. */
export interface WireArguments {
  readonly parameters: Readonly<Record<ParameterDefinition['in'], Readonly<Record<string, Json>>>>
  /** Absent: no body was given. */
  readonly body?: Json
}

export const noArguments: WireArguments = { parameters: { path: {}, query: {}, header: {}, form: {} } }

export interface Invocation {
  readonly definition: ConnectorDefinition
  readonly operation: OperationDefinition
  /** Null for a connector that needs no credential. */
  readonly connection: OpenConnection | null
  readonly arguments: WireArguments
  readonly signal: AbortSignal
  /**
   * Call this URL instead of the operation's own (a poll's or a registration's `Location`, a next link), relative
   * or absolute. Refused with EGRESS_REFUSED unless its origin is the connection's own.
   */
  readonly url?: string
  /** With `url`: use this method, without a body (DELETE of a registration). */
  readonly method?: 'GET' | 'DELETE'
  /** Statuses outside 2xx that are answers, not errors (404 and 410 when unsubscribing). */
  readonly accept?: readonly number[]
  /** An ETag that the API gave for this very request: 304 is an answer then, and says that nothing changed. */
  readonly ifNoneMatch?: string
  readonly watch?: CallWatch
  /**
   * The URL at which the hub takes what this call registers; its last segment is a token. A hook may ask for it, and
   * nothing that is told of the call holds it.
   */
  readonly callback?: Secret
  /** A part of the answer (`bytes=0-99`, RFC 9110 §14.2), for APIs that give parts; others give all of it. */
  readonly range?: string
}

/** Who looks on while a call is made. */
export interface CallWatch {
  /** The call's span goes inside it; without one it begins a trace. */
  readonly span: Span | null
  /** Told of each exchange when it is over, in their order: retries, redirects and the calls of policies too. */
  readonly tell: ((exchange: ToldExchange) => void) | null
}

export interface InvocationResult {
  readonly status: number
  /** Lower-case names; set-cookie left out. */
  readonly headers: Readonly<Record<string, string>>
  /**
   * JSON as exact values (json.ts), text as string, an empty body as null, anything else as Bytes. Where the response
   * is declared binary: Bytes, whatever its type.
   */
  readonly body: Json | Bytes
  /** The URL that answered; resolve a relative `Location` against it. Never shown to callers. */
  readonly url: URL
}

/** A binary response. */
export class Bytes {
  readonly contentType: string
  readonly data: Uint8Array
  constructor(contentType: string, data: Uint8Array) {
    this.contentType = contentType
    this.data = data
  }
}

/** Any body as bytes; `contentType` is the answer's own. */
export function bytesOf(body: Json | Bytes, contentType: string | undefined): Bytes {
  if (body instanceof Bytes) return body
  const text = body === null ? '' : typeof body === 'string' ? body : printJson(body)
  return new Bytes(contentType || 'text/plain', Buffer.from(text))
}

/** An answer whose head is here, and whose body comes when it is asked for. */
export interface OpenedCall extends Pick<InvocationResult, 'status' | 'headers'> {
  /** Null: the API answered nothing. */
  readonly body: OpenedBody | null
}

/** It holds a connection until it is read, released, or the invocation's signal aborts. */
export interface OpenedBody {
  readonly contentType: string
  /** Null where only reading it tells. */
  readonly length: number | null
  /** All of it; asked again, the same. Not to be asked for after `chunks` or `release`. Throws as `Invoker.call` does. */
  bytes(): Promise<Uint8Array>
  /** As it comes, at the reader's pace, without a bound in time. Instead of `bytes`, and once. Throws as `Invoker.call` does. */
  chunks(): AsyncIterable<Uint8Array>
  /** Nobody wants it. Does nothing where somebody does already. */
  release(): void
  isReleased(): boolean
}

/** What an API delivered below a callback URL, at an address that a hook had made there (connector-format §5.2). */
export interface Notification {
  readonly method: 'POST' | 'PUT'
  /** Whole: the callback URL, the path below it, and the query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** What the hook of the operation at that path made of it. */
export interface Relayed {
  /** What it sent on to the callback URL. Lower-case names. */
  readonly events: readonly Pick<Notification, 'headers' | 'body'>[]
  /** What the API is to be answered once those are taken. */
  readonly answer: { readonly status: number; readonly body: string }
}

export interface Invoker extends AsyncDisposable {
  /**
   * Makes the call. Throws JunctorError: ARGUMENT_INVALID, EGRESS_REFUSED, UPSTREAM_ERROR (status outside 2xx),
   * UPSTREAM_UNREACHABLE, UPSTREAM_TIMEOUT, UPSTREAM_INVALID, RATE_LIMITED, CIRCUIT_OPEN, SCRIPT_REQUIRED, HOOK_FAILED,
   * OPERATION_UNSUPPORTED, WEBAPP_UNAVAILABLE, CREDENTIAL_INVALID, CONNECTION_REQUIRED, AUTHENTICATION_UNSUPPORTED, FORBIDDEN; details name
   * connector and operation. Rejects with the signal's reason when the caller aborts.
   */
  call(invocation: Invocation): Promise<InvocationResult>
  /** Makes the call and waits for the head of its answer and the first bytes, no longer. Throws as `call` does. */
  open(invocation: Invocation): Promise<OpenedCall>
  /**
   * Gives the notification to the hook that stands in for the operation; nothing is sent but to the `callback`, by being
   * returned. Throws HOOK_FAILED, EGRESS_REFUSED, WEBAPP_UNAVAILABLE.
   */
  relay(invocation: Invocation & { readonly callback: Secret }, notification: Notification): Promise<Relayed>
}

/** Where the calls of a connector with a webapp or with hooks go: a Unix socket that only the hub can reach. */
export interface WebappSockets {
  /**
   * Resolves when the webapp, or what runs the hooks, listens for calls of connections of this authentication (its name; null: calls without a
   * connection). Throws WEBAPP_UNAVAILABLE.
   */
  socketPath(definition: ConnectorDefinition, authentication: string | null): Promise<string>
}
/** Header that carries a connection to a webapp: base64url of the JSON of its id, parameters and secrets. */
export const webappConnectionHeader = 'x-junctor-connection'
