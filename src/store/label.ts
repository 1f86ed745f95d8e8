// What operators are told about a database: enough to find it, never its password.
import type { Secret } from '../secret.ts'

/** A connection URL without password and without parameters, which can hold one too. */
export function externalLabel(databaseUrl: Secret): string {
  const { protocol, username, host, pathname } = new URL(databaseUrl.reveal())
  return `${protocol}//${username ? `${username}@` : ''}${host}${pathname}`
}

/** A connection URL that psql takes. */
export function embeddedLabel({ host, user, database }: { host: string; user: string; database: string }): string {
  return `postgresql:///${database}?${new URLSearchParams({ host, user })}`
}
