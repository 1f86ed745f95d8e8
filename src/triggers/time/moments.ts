// Moments by the database's clock, as SQL.
import { type SQL, sql } from 'drizzle-orm'

export function secondsFromNow(seconds: number): SQL<Date> {
  return sql`now() + make_interval(secs => ${seconds})`
}

export function secondsAgo(seconds: number): SQL<Date> {
  return sql`now() - make_interval(secs => ${seconds})`
}
