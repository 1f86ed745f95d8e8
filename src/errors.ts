// Every error the hub can answer with: code, HTTP status, and whether the caller is at fault.
// What a caller may see is `message` and `extensions`; what the operator sees besides is `cause`.

interface ErrorKind {
  /** HTTP status where the error is the whole answer. */
  readonly status: number
}

const catalogue = {
  /** The request or an argument is malformed; the message names it. */
  BAD_INPUT: { status: 400 },
  UNAUTHENTICATED: { status: 401 },
  FORBIDDEN: { status: 403 },
  NOT_FOUND: { status: 404 },
  /** A name that must be unique is taken, or the thing changed meanwhile. */
  CONFLICT: { status: 409 },
  SIGNUP_CLOSED: { status: 403 },
  /** A value in the environment is wrong; the message names the variable. */
  CONFIG_INVALID: { status: 500 },
  /** The database cannot run here, or did not answer; the message says what to do. */
  STORE_UNAVAILABLE: { status: 503 },
  /** Another hub holds the data folder. */
  DATA_FOLDER_IN_USE: { status: 500 },
  /** No encryption key that opens this ciphertext. */
  SEAL_BROKEN: { status: 500 },
  CONNECTOR_NOT_FOUND: { status: 404 },
  /** The connector could not be read or compiled; its diagnostics say why. */
  CONNECTOR_QUARANTINED: { status: 503 },
  CONNECTION_NOT_FOUND: { status: 404 },
  /** No default connection, or several to choose from; the message names them. */
  CONNECTION_REQUIRED: { status: 400 },
  /** A connection parameter is missing or malformed; the message names it. */
  CREDENTIAL_INVALID: { status: 400 },
  /** The connection is not ACTIVE; the message says why. */
  CONNECTION_INACTIVE: { status: 403 },
  AUTHENTICATION_UNSUPPORTED: { status: 501 },
  /** An argument cannot be sent as the API demands; the message names it. */
  ARGUMENT_INVALID: { status: 400 },
  /** The egress guard refused the address. */
  EGRESS_REFUSED: { status: 403 },
  /** The API answered with an error status. */
  UPSTREAM_ERROR: { status: 502 },
  UPSTREAM_UNREACHABLE: { status: 502 },
  UPSTREAM_TIMEOUT: { status: 504 },
  /** The API failed so often that it is left alone for a moment; `retryAfter` says for how long. */
  CIRCUIT_OPEN: { status: 503 },
  /** The API answered something that cannot be read, or too much of it. */
  UPSTREAM_INVALID: { status: 502 },
  /** The operation runs through a C# script and no hook replaces it. */
  SCRIPT_REQUIRED: { status: 501 },
  OPERATION_UNSUPPORTED: { status: 501 },
  /** The connector's hook threw, broke off, took too long or answered nonsense; the hub's log says which. */
  HOOK_FAILED: { status: 502 },
  /** The hosted webapp of a connector is not running. */
  WEBAPP_UNAVAILABLE: { status: 503 },
  FEED_NOT_FOUND: { status: 404 },
  FEED_ENDED: { status: 410 },
  CURSOR_INVALID: { status: 400 },
  /** The cursor is older than what the log still holds. */
  CURSOR_EXPIRED: { status: 410 },
  /** A limit was passed, on what one document asks or on what one client has open; the message names it. */
  LIMIT_EXCEEDED: { status: 400 },
  RATE_LIMITED: { status: 429 },
  PAYLOAD_TOO_LARGE: { status: 413 },
  INTERNAL: { status: 500 },
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof catalogue

/** Facts about a failed call that a caller may see (design.md, "GraphQL conventions"). */
export interface ErrorDetails {
  readonly connector?: string
  readonly operation?: string
  readonly http?: { readonly status: number }
  /** Seconds to wait before trying again. */
  readonly retryAfter?: number
  /** The upstream error's body, redacted and capped. */
  readonly upstream?: unknown
  readonly [key: string]: unknown
}

/** The one error class of the hub. `message` is a whole sentence that names the thing and says what to do. */
export class JunctorError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails
  override readonly name = 'JunctorError'

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: ErrorDetails } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.details = options.details ?? {}
  }

  /** HTTP status where this error is the whole answer. */
  get status(): number {
    return catalogue[this.code].status
  }
}

/** True for an error whose message was written for the caller. */
export function isJunctorError(error: unknown): error is JunctorError {
  return error instanceof JunctorError
}
