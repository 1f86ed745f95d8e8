// What the database, or the network on the way to it, said, in words for a sentence.

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
