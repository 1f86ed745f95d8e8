// The base of a connection's calls: the operation's or the definition's, unless the connection names an instance of its
// own.
import type { OpenConnection } from '../../connections/index.ts'
import type { ConnectorDefinition } from '../../definition/index.ts'
import { JunctorError } from '../../errors.ts'
import type { Invocation } from '../invocation.ts'

/** Host of packages that have no address of their own: the connection must bring one. */
const placeholderHost = 'connector.invalid'

/**
 * The base URL before policies; `own` is the operation's. Throws CREDENTIAL_INVALID for a connection whose base URL
 * cannot be called.
 */
export function baseOf({ definition, connection }: Invocation, own: string): string {
  if (definition.webapp !== null) return tidied(definition.baseUrl)
  if (connection?.baseUrl) return readBase(connection.baseUrl, 'The base URL of the connection').base
  return own
}

/** A package's host may be a placeholder such as `{{host}}`, which only a policy makes a URL. */
export function tidied(url: string): string {
  return URL.parse(url)?.href.replace(/\/+$/, '') ?? url
}

export interface Base {
  /** scheme://host[:port]/path without a trailing slash. */
  readonly base: string
  /** A query that stood behind it, without `?`. */
  readonly query: string
}

/**
 * Reads a base URL as people type them: without a scheme, with a doubled one, with trailing slashes
 * (connector-format §4.3 `dynamichosturl`). Throws CREDENTIAL_INVALID; the message does not repeat the URL.
 */
export function readBase(text: string, what: string): Base {
  const typed = text.trim().replace(/^(https?:\/\/)(?:https?:\/\/)+/i, doubled => lastScheme(doubled))
  const whole = /^[a-z][a-z\d+.-]*:\/\//i.test(typed) ? typed : `https://${typed}`
  const url = hasHost.test(whole) && URL.canParse(whole) ? new URL(whole) : null
  if (url?.username !== '' || url.password !== '')
    throw new JunctorError(
      'CREDENTIAL_INVALID',
      `${what} is not a URL that can be called; it must be https://host or http://host, with no name or password in it.`,
    )
  return { base: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, query: url.search.slice(1) }
}

/**
 * The URL parser would skip slashes and take `https:///x` for the host x, which is what a template with an empty value
 * makes; an empty label or port comes of one, too.
 */
const hasHost = /^https?:\/\/(?![^/\\?#]*(?:\.\.|:(?:[/\\?#]|$)))[^/\\?#.:][^/\\?#]*/i

function lastScheme(doubled: string): string {
  return doubled.slice(doubled.search(/https?:\/\/$/i))
}

/** False for the placeholder of packages without an address, and for schemes that are not HTTP. */
export function isAddressed(base: string): boolean {
  const url = URL.parse(base)
  return url !== null && isHttp(url) && url.hostname !== placeholderHost
}

function isHttp({ protocol }: URL): boolean {
  return /^https?:$/.test(protocol)
}

/** Refuses a base that is not addressed, and says why. */
export function assertAddressed(
  base: string,
  definition: ConnectorDefinition,
  connection: OpenConnection | null,
): void {
  if (isAddressed(base)) return
  const url = URL.parse(base)
  if (url && !isHttp(url))
    throw new JunctorError(
      'EGRESS_REFUSED',
      `The hub calls only https:// and http:// addresses, not ${url.protocol}//; correct the package of ${definition.title}.`,
    )
  throw connection
    ? new JunctorError(
        'ARGUMENT_INVALID',
        `${definition.title} has no address of its own; set the base URL of the connection to the instance to call.`,
      )
    : new JunctorError(
        'CONNECTION_REQUIRED',
        `${definition.title} has no address of its own; create a connection whose base URL is the instance to call.`,
      )
}
