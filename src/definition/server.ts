// Where the API lives: scheme, host and base path of Swagger 2.0, or servers of OpenAPI 3 → one base URL, and those of
// the operations that live elsewhere.
import type { Json } from '../json.ts'
import { quoted } from './findings.ts'
import { child, elements, type Node } from './node.ts'
import type { NamedOperation } from './operation-names.ts'
import type { Reading } from './reading.ts'
import { firstServer, nowhere, type Server, serverOf, swaggerServer, urlOf } from './server-url.ts'

export interface Servers {
  /** scheme://host[:port]/basePath without a trailing slash; the placeholder host where the document names none. */
  readonly baseUrl: string
  /** Where the operation lives, in the same form, if that is elsewhere. */
  of(operation: NamedOperation): string | undefined
}

/** Reads where the API and each of its operations live, and tells what is missing, insecure or elsewhere. */
export function readServers(reading: Reading, operations: readonly NamedOperation[]): Servers {
  const { findings, document, dialect } = reading
  const server = dialect === 'swagger-2.0' ? swaggerServer(reading) : documentServer(document, operations)
  const { origin } = server
  const baseUrl = urlOf(server)
  const missing = (what: string, place: { pointer: string; operation?: string }) =>
    findings.warning(
      'SERVER_MISSING',
      `${what} does not say on which host it runs; connections need a baseUrl.`,
      place,
    )
  const insecure = (url: string, place?: { pointer: string; operation: string }) =>
    findings.warning(
      'SCHEME_INSECURE',
      `${quoted(url)} is not encrypted: credentials travel in the clear.`,
      place,
    )
  if (origin === undefined)
    missing('The document', { pointer: dialect === 'swagger-2.0' ? '/host' : '/servers' })
  else if (origin.startsWith('http:')) insecure(origin)

  /** By the list itself, which operations of a path item, or path items by reference, may share. */
  const known = new Map<Json, Server | undefined>()
  const elsewhere = (listed: Node, list: Json): Server | undefined => {
    if (known.has(list)) return known.get(list)
    const servers = elements(listed).map(server => within(serverOf(server), baseUrl))
    const here = servers.some(server => sameOrTwin(urlOf(server), baseUrl))
    const chosen = here ? undefined : firstServer(servers)
    known.set(list, chosen)
    return chosen
  }
  return {
    baseUrl,
    of(operation) {
      const listed = ownServers(operation)
      const server = listed?.value === undefined ? undefined : elsewhere(listed, listed.value)
      if (listed === undefined || server === undefined) return undefined
      const place = { pointer: listed.pointer, operation: operation.id }
      const url = urlOf(server)
      if (server.origin === undefined) missing('The operation', place)
      else if (server.origin.startsWith('http:')) insecure(server.origin, place)
      findings.info(
        'SERVER_ELSEWHERE',
        `The operation is called at ${quoted(url)}, its own server, unless the connection has a baseUrl.`,
        place,
      )
      return url
    },
  }
}

/** The document's own; without one, the server of most operations, so that few are called elsewhere. */
function documentServer(document: Node, operations: readonly NamedOperation[]): Server {
  const listed = elements(child(document, 'servers'))
  if (listed.length > 0) return firstServer(listed.map(serverOf))
  const found = new Map<Json | undefined, { readonly server: Server; count: number }>()
  for (const operation of operations) {
    const own = ownServers(operation)
    if (own === undefined) continue
    const entry = found.get(own.value) ?? { server: firstServer(elements(own).map(serverOf)), count: 0 }
    entry.count += 1
    found.set(own.value, entry)
  }
  const counts = new Map<string, { readonly server: Server; count: number }>()
  for (const { server, count } of found.values()) {
    if (server.origin === undefined) continue
    const entry = counts.get(urlOf(server)) ?? { server, count: 0 }
    entry.count += count
    counts.set(urlOf(server), entry)
  }
  const [commonest] = [...counts].sort(([a, one], [b, other]) => other.count - one.count || (a < b ? -1 : 1))
  return commonest?.[1].server ?? nowhere
}

/** The list nearest to the operation replaces the others (OpenAPI 3.0.3, "Operation Object"). */
function ownServers({ item, node, notifies }: NamedOperation): Node | undefined {
  if (notifies) return undefined
  return [node, item].map(each => child(each, 'servers')).find(listed => elements(listed).length > 0)
}

function sameOrTwin(url: string, baseUrl: string): boolean {
  return url === baseUrl || url.replace(/^http:/, 'https:') === baseUrl
}

/** A relative server of an operation is one of the API's own host. */
function within(server: Server, baseUrl: string): Server {
  return server.relative ? { ...server, origin: new URL(baseUrl).origin } : server
}
