// What a caller is told when a call fails: a status, a code and a sentence, never a credential.
import { isJunctorError } from '../../src/errors.ts'

/** A failure that was written for the caller. */
export class SqlProblem extends Error {
  readonly status: number
  readonly code: string
  override readonly name = 'SqlProblem'

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export function badRequest(message: string): SqlProblem {
  return new SqlProblem(400, 'BadRequest', message)
}

export function notFound(message: string): SqlProblem {
  return new SqlProblem(404, 'NotFound', message)
}

/** Names in a sentence, at most twenty of them. */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none'
  const shown = names.slice(0, 20).join(', ')
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown
}

interface Meaning {
  readonly status: number
  readonly code: string
}

/** SQLSTATE by its longest known prefix (ISO/IEC 9075-2 §24.1; PostgreSQL, appendix A; MySQL and MariaDB use them too). */
const bySqlState: Readonly<Record<string, Meaning>> = {
  '08': { status: 503, code: 'DatabaseUnavailable' },
  '0A': { status: 400, code: 'StatementRefused' },
  '22': { status: 400, code: 'ValueRefused' },
  '23': { status: 400, code: 'ConstraintViolated' },
  '23505': { status: 409, code: 'Conflict' },
  '25006': { status: 403, code: 'ReadOnly' },
  '28': { status: 401, code: 'LoginRefused' },
  '3D': { status: 404, code: 'DatabaseNotFound' },
  '40': { status: 409, code: 'Conflict' },
  '42': { status: 400, code: 'StatementRefused' },
  '42501': { status: 403, code: 'Forbidden' },
  '53': { status: 503, code: 'DatabaseUnavailable' },
  '55': { status: 409, code: 'Conflict' },
  '57': { status: 503, code: 'DatabaseUnavailable' },
}

/** MySQL and MariaDB errors whose SQLSTATE says too little. */
const byErrorNumber: Readonly<Record<number, Meaning>> = {
  1044: { status: 403, code: 'Forbidden' },
  1045: { status: 401, code: 'LoginRefused' },
  1049: { status: 404, code: 'DatabaseNotFound' },
  1062: { status: 409, code: 'Conflict' },
  1142: { status: 403, code: 'Forbidden' },
  1143: { status: 403, code: 'Forbidden' },
  1205: { status: 409, code: 'Conflict' },
  1364: { status: 400, code: 'ConstraintViolated' },
  1366: { status: 400, code: 'ValueRefused' },
  1969: { status: 504, code: 'StatementTimeout' },
  3024: { status: 504, code: 'StatementTimeout' },
}

/** Primary and extended result codes: https://www.sqlite.org/rescode.html */
const bySqliteCode: Readonly<Record<number, Meaning>> = {
  5: { status: 409, code: 'Conflict' },
  8: { status: 403, code: 'ReadOnly' },
  19: { status: 400, code: 'ConstraintViolated' },
  23: { status: 403, code: 'Forbidden' },
  1555: { status: 409, code: 'Conflict' },
  2067: { status: 409, code: 'Conflict' },
}

/** 57014 says that something was cancelled; this is where PostgreSQL does so for a timeout (src/backend/tcop/postgres.c). */
const timeoutRoutine = 'ProcessInterrupts'
const timeout: Meaning = { status: 504, code: 'StatementTimeout' }
const failed: Meaning = { status: 502, code: 'DatabaseFailed' }
const refused: Meaning = { status: 400, code: 'StatementRefused' }

interface DriverError extends Error {
  readonly code?: string
  readonly detail?: string
  readonly sqlState?: string
  readonly errno?: number
  readonly errcode?: number
  readonly routine?: string
}

/** Reads an error of the egress guard or of a driver; null for one of this program. */
export function problemOf(error: unknown): SqlProblem | null {
  if (error instanceof SqlProblem) return error
  if (!(error instanceof Error)) return null
  if (isJunctorError(error)) return new SqlProblem(error.status, error.code, error.message)
  const meaning = meaningOf(error)
  if (!meaning) return null
  const { detail }: DriverError = error
  return new SqlProblem(meaning.status, meaning.code, detail ? `${error.message}: ${detail}` : error.message)
}

/** What a driver threw, where nothing but the driver can have thrown; some of its errors have no code. */
export function driverProblem(error: unknown): SqlProblem {
  const text = error instanceof Error ? error.message : String(error)
  return problemOf(error) ?? new SqlProblem(failed.status, failed.code, text)
}

function meaningOf({ code, sqlState, errno, errcode, routine }: DriverError): Meaning | null {
  if (errcode !== undefined) return bySqliteCode[errcode] ?? bySqliteCode[errcode & 0xff] ?? refused
  if (sqlState !== undefined) return byErrorNumber[errno ?? 0] ?? byState(sqlState) ?? failed
  if (code === '57014') return routine === timeoutRoutine ? timeout : refused
  if (code !== undefined && /^[0-9A-Z]{5}$/.test(code)) return byState(code) ?? failed
  // The socket broke: ECONNRESET, PROTOCOL_CONNECTION_LOST and their like.
  return code !== undefined &&
    /^(E[A-Z]+|PROTOCOL_[A-Z_]+|HANDSHAKE_[A-Z_]+|ERR_TLS_\w+|[A-Z_]*CERT[A-Z_]*)$/.test(code)
    ? failed
    : null
}

function byState(state: string): Meaning | undefined {
  return bySqlState[state] ?? bySqlState[state.slice(0, 2)]
}
