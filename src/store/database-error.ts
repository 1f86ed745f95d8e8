// What the database, or the network on the way to it, said, in words for a sentence.

/** Drizzle wraps what the server said in the whole SQL; Node gives several addresses' failures without a message. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(reasonOf))].join(', ')
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message
}
