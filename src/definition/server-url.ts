// One declaration of a server → its URL, in parts: a host may be missing, and of several the best is chosen.
import { quoted } from './findings.ts'
import { child, childAnyCase, members, type Node, text, textList, words } from './node.ts'
import type { Reading } from './reading.ts'

/** Stands for a host that the document does not name (RFC 2606 reserves .invalid): a connection gives the real one. */
const placeholderHost = 'connector.invalid'

export interface Server {
  /** Undefined where the server names no host that could be called. */
  readonly origin: string | undefined
  readonly path: string
  readonly relative: boolean
}

export const nowhere: Server = { origin: undefined, path: '', relative: false }

/** Host, scheme and base path of a Swagger 2.0 document. A host may hold them all. */
export function swaggerServer({ document, findings }: Reading): Server {
  const scheme = textList(child(document, 'schemes'))[0]?.toLowerCase()
  const declared = child(document, 'host')
  const host = words(declared) ?? ''
  const basePath = trimmed(text(childAnyCase(document, 'basePath')) ?? '')
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(host)
    ? host
    : `${scheme === 'http' ? 'http' : 'https'}://${host}`
  const origin = host === '' ? undefined : originOf(whole)
  const inside = origin === undefined ? '' : trimmed(whole.replace(/^[^/]*\/\/[^/?#]*/, ''))
  if (inside !== '') {
    const outcome = basePath === '' ? 'it is taken for the basePath' : 'it was left out'
    findings.warning('DOCUMENT_INVALID', `The host holds the path ${quoted(inside)}; ${outcome}.`, {
      pointer: declared.pointer,
    })
  }
  return { origin, path: basePath === '' ? inside : basePath, relative: false }
}

/** An OpenAPI 3 Server Object, its variables filled in. */
export function serverOf(server: Node): Server {
  const variables = new Map(members(child(server, 'variables')))
  const url = (words(child(server, 'url')) ?? '').replace(/\{([^{}]+)\}/g, (token, name: string) => {
    const variable = variables.get(name)
    return (variable && text(child(variable, 'default'))) ?? token
  })
  const absolute = /^([a-z][a-z0-9+.-]*:)?\/\/[^/?#]*/i.exec(url)
  if (absolute === null) return { origin: undefined, path: url, relative: true }
  const [start] = absolute
  return {
    origin: originOf(start.startsWith('//') ? `https:${start}` : start),
    path: url.slice(start.length),
    relative: false,
  }
}

/** Undefined for anything but a plain http(s) origin: placeholders such as `{{host}}`, sentences, user names. */
function originOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, origin, username, password, hostname } = new URL(url)
  const plain = (protocol === 'https:' || protocol === 'http:') && username === '' && password === ''
  return plain && /^[a-z0-9.:[\]-]+$/i.test(hostname) ? origin : undefined
}

function trimmed(path: string): string {
  const [plain = ''] = path.trim().split(/[?#]/, 1)
  let end = plain.length
  while (plain[end - 1] === '/') end -= 1
  const kept = plain.slice(0, end)
  return kept === '' || kept.startsWith('/') ? kept : `/${kept}`
}

/** The first one, or the same place by https where the list has both: a credential may follow. */
export function firstServer(servers: readonly Server[]): Server {
  const [first = nowhere] = servers
  const encrypted = first.origin?.replace(/^http:/, 'https:')
  const twin = servers.find(
    ({ origin, path }) => origin === encrypted && trimmed(path) === trimmed(first.path),
  )
  return twin ?? first
}

/** scheme://host[:port]/path without a trailing slash; the placeholder host where there is none. */
export function urlOf({ origin, path }: Server): string {
  return `${origin ?? `https://${placeholderHost}`}${trimmed(path)}`
}
