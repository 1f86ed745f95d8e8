// What operators are told about a database: enough to find it, never its password.
import type { Secret } from '../secret.ts'

/** Parameters that say where a database is; others can hold secrets, `password` among them. */
const places = ['host', 'port', 'user', 'dbname']

/** A connection URL without its password. */
export function externalLabel(databaseUrl: Secret): string {
  const url = new URL(databaseUrl.reveal())
  const shown = new URLSearchParams([...url.searchParams].filter(([name]) => places.includes(name)))
  const { protocol, username, host, pathname } = url
  return `${protocol}//${username ? `${username}@` : ''}${host}${pathname}${shown.size > 0 ? `?${shown}` : ''}`
}

/** A connection URL that psql takes. */
export function embeddedLabel({
  host,
  user,
  database,
}: {
  host: string
  user: string
  database: string
}): string {
  return `postgresql:///${database}?${new URLSearchParams({ host, user })}`
}
