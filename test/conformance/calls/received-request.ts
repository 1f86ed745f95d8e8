// What reached the upstream, decoded as a server decodes it: by the template of the path, by the query's own syntax and
// by the body's content type. Nothing of the hub's own encoders is used.
import type { Json } from '../../../src/json.ts'
import type { WantedPair, WantedRequest } from './wanted-request.ts'

export interface ReceivedRequest {
  readonly method: string
  /** Path and query as they came on the wire. */
  readonly target: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

/** The address that was asked for before the substitute took its place. */
export function originOf({ headers }: ReceivedRequest): string {
  return `${headers['x-forwarded-proto']}://${headers['x-forwarded-host']}`
}

/** The values of the template's tokens; null where the path is not the template's. */
export function readPath(
  { target }: ReceivedRequest,
  wanted: Pick<WantedRequest, 'base' | 'path' | 'tokens'>,
): ReadonlyMap<string, string> | null {
  const [path = ''] = target.split('?')
  const basePath = wanted.base.replace(/^[a-z]+:\/\/[^/]*/i, '')
  const pieces = `${basePath}${wanted.path.split('?')[0]}`.split(/\{([^{}]*)\}/)
  const names = pieces.filter((_, index) => index % 2 === 1)
  const pattern = pieces.map((piece, index) => {
    if (index % 2 === 0) return escaped(encodeURI(piece).replaceAll('%25', '%'))
    return wanted.tokens.get(piece)?.encodings === 0 ? '(.+)' : '([\\w.~%-]+)'
  })
  const found = new RegExp(`^${pattern.join('') || '/'}$`).exec(path)
  if (!found) return null
  return new Map(
    names.map((name, index) => {
      const times = wanted.tokens.get(name)?.encodings ?? 1
      const once = decodeURIComponent(found[index + 1] ?? '')
      return [name, times === 2 ? decodeURIComponent(once) : once]
    }),
  )
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** Names decoded, values as on the wire. */
export function readQuery({ target }: ReceivedRequest): readonly (readonly [string, string])[] {
  const [, query = ''] = target.split(/\?(.*)/s)
  return query
    .split('&')
    .filter(pair => pair !== '')
    .map(pair => {
      const [name = '', value = ''] = pair.split(/=(.*)/s)
      return [formText(name), value]
    })
}

/** The elements of a wire value; the separator may be percent-encoded unless it is the comma. */
export function readParts(wire: string, { separator }: Pick<WantedPair, 'separator'>): readonly string[] {
  if (separator === null) return [formText(wire)]
  const pieces = separator === ',' ? wire.split(',') : wire.split(encodeURIComponent(separator))
  return pieces.map(formText)
}

/** `+` is a space, as in URLSearchParams. */
function formText(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}

/** Integers beyond 2^53 are bigint. */
export function exactJson(text: string): Json {
  const reviver = (_key: string, value: Json, context?: { readonly source?: string }): Json => {
    const source = context?.source ?? ''
    return typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source)
      ? BigInt(source)
      : value
  }
  return JSON.parse(text, reviver)
}

export function readForm(body: Buffer): readonly (readonly [string, string])[] {
  return [...new URLSearchParams(body.toString('utf8'))]
}

/** RFC 7578: name and octets of each part; null where the body is not what its boundary says. */
export function readMultipart(
  body: Buffer,
  contentType: string,
): readonly (readonly [string, Buffer])[] | null {
  const boundary = /boundary="?([^";]+)/i.exec(contentType)?.[1]
  if (boundary === undefined) return null
  const text = `\r\n${body.toString('latin1')}`
  const [preamble, ...pieces] = text.split(`\r\n--${boundary}`)
  if (preamble !== '' || !pieces.at(-1)?.startsWith('--')) return null
  return pieces.slice(0, -1).map(piece => {
    const [head = '', data = ''] = piece.split(/\r\n\r\n(.*)/s)
    const name = /\bname="([^"]*)"/.exec(Buffer.from(head, 'latin1').toString('utf8'))?.[1] ?? ''
    // WHATWG's escapes of a name: https://html.spec.whatwg.org/#multipart-form-data
    const plain = name.replaceAll('%22', '"').replaceAll('%0D', '\r').replaceAll('%0A', '\n')
    return [plain, Buffer.from(data, 'latin1')]
  })
}
