// The contract of a connector's hooks: code that stands in for the package's script.csx, run by the hub in a child
// process of its own without files, network and Node's modules. A hooks.ts is one file that imports nothing but types
// and exports `hooks satisfies Hooks` (connector-format §10.3).
import type { Json } from '../json.ts'

export interface Hooks {
  /** SHA-256 (hex) of the script file that this stands in for. A changed script turns its hooks off. A literal. */
  readonly script: string
  /** operationIds that this stands in for; left out: all that the package routes through its script. A literal. */
  readonly operations?: readonly string[]
  /**
   * Makes one call: after the request policies and before the response policies. Nothing is sent but by
   * `context.send`. A throw becomes HOOK_FAILED without its message, which is logged.
   */
  call(context: HookContext): Promise<HookResponse>
}

export interface HookRequest {
  method: string
  url: string
  /** Names in any case; several values of one name. */
  readonly headers: Headers
  body: Uint8Array<ArrayBuffer>
}

export interface HookResponse {
  readonly status: number
  readonly headers: Headers
  /** Decompressed. */
  readonly body: Uint8Array<ArrayBuffer>
}

export type HashAlgorithm = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512'

export interface HookContext {
  readonly operationId: string
  /** Another one for each call. */
  readonly correlationId: string
  /** What would be sent, credential included. To be changed or left. */
  readonly request: HookRequest
  /** The URL before policies changed it. */
  readonly originalUrl: string
  /** Of the connection, secrets included; empty where the call is made without one. */
  readonly connectionParameters: Readonly<Record<string, Json>>
  /**
   * Sends through the hub: its egress guard, and only to the origin that the call goes to. Every status is an answer.
   * Redirects are followed for GET and HEAD unless `manual`. Rejects with the error the call fails with if not caught.
   */
  send(request: HookRequest, options?: { readonly redirect: 'follow' | 'manual' }): Promise<HookResponse>
  /**
   * The address at which the hub takes notifications for the webhook that this call registers; `/` and an empty text
   * are that of the webhook itself. What is delivered at a path below it, the hook of the operation at that path (with
   * `security: []`) gets as its `request`, and what that sends to the webhook's own address is the event; without such
   * an operation the delivery is the event. Rejects with OPERATION_UNSUPPORTED where the call registers no webhook.
   */
  createNotificationUri(relative: string): Promise<string>
  /** Into the hub's log, without connection parameters. */
  log(message: string, facts?: Readonly<Record<string, Json>>): void
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal
  readonly crypto: {
    hash(algorithm: HashAlgorithm, data: Uint8Array | string): Uint8Array<ArrayBuffer>
    hmac(
      algorithm: HashAlgorithm,
      key: Uint8Array | string,
      data: Uint8Array | string,
    ): Uint8Array<ArrayBuffer>
  }
  readonly base64: {
    encode(data: Uint8Array | string): string
    /** Takes base64url as well. */
    decode(text: string): Uint8Array<ArrayBuffer>
  }
  /** Integers beyond 2^53 are bigint on both ways. */
  readonly json: {
    parse(data: Uint8Array | string): Json
    print(value: Json): Uint8Array<ArrayBuffer>
  }
  /** The hub's time. */
  now(): Date
}
