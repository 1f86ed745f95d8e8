// What the database, or the network on the way to it, said, and what that means for whoever asked.
import { DrizzleQueryError } from 'drizzle-orm'
import { isJunctorError, JunctorError } from '../errors.ts'

/** Drizzle wraps what the server said in the whole SQL; Node gives several addresses' failures without a message. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(reasonOf))].join(', ')
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message
}

/** Five characters (PostgreSQL, appendix A); null where it was not the database that said no. */
function sqlState(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  return 'code' in error && typeof error.code === 'string' && 'severity' in error
    ? error.code
    : sqlState(error.cause)
}

/** True where a statement failed for what it was given: other rows may well be stored. */
export function isRefusal(error: unknown): boolean {
  return /^(22|23|54)/.test(sqlState(error) ?? '')
}

/** True where a statement waited for a lock as long as it may. */
export function isLockTimeout(error: unknown): boolean {
  return sqlState(error) === '55P03'
}

/** Of pg and its pool, which give these no code. */
const unansweredWords =
  /^(timeout exceeded when trying to connect|timeout expired|Query read timeout|Connection terminated|Client (has encountered a connection error|was closed) )/

/**
 * What to tell whoever asked where the store had no connection free in time, or its server was away or broke off; null
 * for any other error.
 */
export function unanswered(error: unknown): JunctorError | null {
  if (!isUnanswered(error)) return null
  return new JunctorError(
    'STORE_UNAVAILABLE',
    'The database of the hub did not answer. See whether what was asked is done, then try again.',
    // Not the whole error, which has the statement's parameters.
    { cause: new Error(reasonOf(error)) },
  )
}

function isUnanswered(error: unknown, ofQuery = false): boolean {
  // What is explained already may have been another server that did not answer.
  if (!(error instanceof Error) || isJunctorError(error)) return false
  // Connection exceptions, a server that ends or starts, and too many connections.
  if (/^(08|57P0|53300)/.test(sqlState(error) ?? '')) return true
  if (unansweredWords.test(error.message)) return true
  // Whatever else is connected to has errors of its own; a connection that breaks off may be a caller's.
  if ('syscall' in error && (ofQuery || error.syscall === 'connect')) return true
  if (error instanceof AggregateError) return error.errors.some(each => isUnanswered(each, ofQuery))
  return isUnanswered(error.cause, ofQuery || error instanceof DrizzleQueryError)
}
