// What undici and the operating system throw becomes an error of the catalogue. Messages name the origin and no more.
import { isJunctorError, JunctorError } from '../../errors.ts'

const timeouts = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
])

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was reset',
  UND_ERR_SOCKET: 'the connection was closed',
  ENOTFOUND: 'its name cannot be resolved',
  EAI_AGAIN: 'its name cannot be resolved now',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
}

/** The error of a failed exchange with `origin`. */
export function exchangeFailure(cause: unknown, origin: string): JunctorError {
  if (isJunctorError(cause)) return cause
  const code = codeOf(cause)
  if (timeouts.has(code))
    return new JunctorError('UPSTREAM_TIMEOUT', `${origin} did not answer in time; try again later.`, {
      cause,
    })
  if (
    code.startsWith('HPE_') ||
    (cause instanceof Error && cause.name === 'HTTPParserError') ||
    code === 'UND_ERR_HEADERS_OVERFLOW' ||
    code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'
  )
    return new JunctorError('UPSTREAM_INVALID', `${origin} answered something that is not HTTP.`, { cause })
  const reason = reasons[code] ?? 'the connection failed'
  return new JunctorError('UPSTREAM_UNREACHABLE', `${origin} cannot be reached: ${reason}.`, { cause })
}

/** True where the connection broke, and a safe call may simply be made again. */
export function isBrokenConnection(error: unknown): boolean {
  if (!isJunctorError(error) || error.code !== 'UPSTREAM_UNREACHABLE') return false
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(codeOf(error.cause))
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  return 'code' in error && typeof error.code === 'string' ? error.code : codeOf(error.cause)
}
