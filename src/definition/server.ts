// Where the API lives: scheme, host and base path of Swagger 2.0, or the first server of OpenAPI 3 → one base URL.
import { quoted } from './findings.ts'
import { child, childAnyCase, elements, members, type Node, text, textList, words } from './node.ts'
import type { Reading } from './reading.ts'

/** Stands for a host that the document does not name (RFC 2606 reserves .invalid): a connection gives the real one. */
const placeholderHost = 'connector.invalid'

/** scheme://host[:port]/basePath without a trailing slash; the placeholder host, and a finding, where there is none. */
export function readBaseUrl(reading: Reading): string {
  const { findings, document, dialect } = reading
  const { origin, path } =
    dialect === 'swagger-2.0' ? swaggerServer(document) : firstServer(elements(child(document, 'servers')))
  if (origin === undefined) {
    findings.warning(
      'SERVER_MISSING',
      'The document does not say on which host the API runs; connections need a baseUrl.',
      { pointer: dialect === 'swagger-2.0' ? '/host' : '/servers' },
    )
  } else if (origin.startsWith('http:')) {
    findings.warning(
      'SCHEME_INSECURE',
      `${quoted(origin)} is not encrypted: credentials travel in the clear.`,
    )
  }
  return `${origin ?? `https://${placeholderHost}`}${trimmed(path)}`
}

/** The first one, or the same place by https where the document lists both: a credential may follow. */
function firstServer(servers: readonly Node[]): Server {
  const first = serverOf(servers[0])
  const encrypted = first.origin?.replace(/^http:/, 'https:')
  const twin = servers
    .map(serverOf)
    .find(({ origin, path }) => origin === encrypted && trimmed(path) === trimmed(first.path))
  return twin ?? first
}

/** Servers of a path item or an operation that lead elsewhere than the document's; undefined where there are none. */
export function foreignServer(baseUrl: string, ...nodes: readonly Node[]): string | undefined {
  for (const node of nodes) {
    const [first] = elements(child(node, 'servers'))
    if (first === undefined) continue
    const { origin, path } = serverOf(first)
    const url = `${origin ?? new URL(baseUrl).origin}${trimmed(path)}`
    if (url !== baseUrl) return url
  }
  return undefined
}

interface Server {
  readonly origin: string | undefined
  readonly path: string
}

function swaggerServer(document: Node): Server {
  const scheme = textList(child(document, 'schemes'))[0]?.toLowerCase()
  const host = words(child(document, 'host')) ?? ''
  const basePath = text(childAnyCase(document, 'basePath')) ?? ''
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(host)
    ? host
    : `${scheme === 'http' ? 'http' : 'https'}://${host}`
  return { origin: host === '' ? undefined : originOf(whole), path: basePath }
}

function serverOf(server: Node | undefined): Server {
  if (server === undefined) return { origin: undefined, path: '' }
  const variables = new Map(members(child(server, 'variables')))
  const url = (words(child(server, 'url')) ?? '').replace(/\{([^{}]+)\}/g, (token, name: string) => {
    const variable = variables.get(name)
    return (variable && text(child(variable, 'default'))) ?? token
  })
  const absolute = /^([a-z][a-z0-9+.-]*:)?\/\/[^/?#]*/i.exec(url)
  if (absolute === null) return { origin: undefined, path: url }
  const [start] = absolute
  return {
    origin: originOf(start.startsWith('//') ? `https:${start}` : start),
    path: url.slice(start.length),
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
