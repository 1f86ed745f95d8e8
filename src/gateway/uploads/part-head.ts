// What the head of a part says: which field it is, and of a file its name and type (RFC 7578 §4).
import { JunctorError } from '../../errors.ts'

export interface PartHead {
  /** The form's field. */
  readonly name: string
  /** As the client wrote it, `%22` and its like included, so that it goes on as it came. Null where there is none. */
  readonly fileName: string | null
  /** With its parameters; null where there is none. */
  readonly contentType: string | null
}

/** Names of the header's lines in lower case, each with its values; their octets as Latin-1. */
export type HeadLines = Readonly<Record<string, readonly string[]>>

/** Characters: the parser silently cuts what is far longer. */
const longestHead = 16 * 1024

/** Throws BAD_INPUT. */
export function readHead(lines: HeadLines): PartHead {
  const values = Object.values(lines).flat()
  if (values.reduce((sum, value) => sum + value.length, 0) > longestHead)
    throw malformed(`the head of a part is longer than ${longestHead} characters`)
  const { 'content-disposition': dispositions, 'content-type': types } = lines
  const parameters = readDisposition(utf8(dispositions?.[0] ?? ''))
  const name = parameters.get('name')
  if (name === undefined)
    throw malformed('a part has no header `Content-Disposition: form-data; name="…"` that can be read')
  const encoding = lines['content-transfer-encoding']?.[0]?.trim().toLowerCase() ?? 'binary'
  if (!['binary', '8bit', '7bit'].includes(encoding))
    throw malformed(`the part ${shown(name)} has a Content-Transfer-Encoding; send its bytes as they are`)
  return { name, fileName: fileNameOf(parameters), contentType: contentTypeOf(name, types?.[0]) }
}

/** BAD_INPUT: `complaint` says what is wrong with the body. */
export function malformed(complaint: string): JunctorError {
  return new JunctorError(
    'BAD_INPUT',
    `The multipart request cannot be read: ${complaint} (https://github.com/jaydenseric/graphql-multipart-request-spec).`,
  )
}

/** For an error, at a length that can be read. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}

/** As browsers write it, where a backslash is a character: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data */
const asBrowsers = /;\s*([\w*-]+)\s*=\s*(?:"([^"]*)"|([^\s";]+))\s*(?=;|$)/gy
/** As older clients do, where it stands before a quotation mark (RFC 2183). */
const asMail = /;\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s";]+))\s*(?=;|$)/gy

/** The parameters by name; none where the header is no form field's, or cannot be read whole. */
function readDisposition(text: string): ReadonlyMap<string, string> {
  const [, parameters] = /^form-data(?![\w-])(.*)$/is.exec(text.trim()) ?? []
  if (parameters === undefined) return new Map()
  const rest = parameters.trim().replace(/;$/, '').trimEnd()
  return (
    readParameters(rest, asBrowsers, value => value) ??
    readParameters(rest, asMail, value => value.replace(/\\(["\\])/g, '$1')) ??
    new Map()
  )
}

function readParameters(
  text: string,
  grammar: RegExp,
  unquoted: (value: string) => string,
): ReadonlyMap<string, string> | null {
  const found = [...text.matchAll(grammar)]
  if (found.reduce((sum, [whole]) => sum + whole.length, 0) !== text.length) return null
  return new Map(
    found.map(([, name = '', quoted, plain = '']) => [
      name.toLowerCase(),
      quoted === undefined ? plain : unquoted(quoted),
    ]),
  )
}

/** Some clients write names beyond ASCII as RFC 5987 has them, which RFC 7578 §4.2 forbids and servers take. */
function fileNameOf(parameters: ReadonlyMap<string, string>): string | null {
  const encoded = /^utf-8'[^']*'(.*)$/i.exec(parameters.get('filename*') ?? '')?.[1]
  if (encoded === undefined) return parameters.get('filename') ?? null
  try {
    return decodeURIComponent(encoded)
  } catch {
    throw malformed('a file name is not UTF-8')
  }
}

function contentTypeOf(name: string, text: string | undefined): string | null {
  const type = text?.trim()
  if (type === undefined || type === '') return null
  if (/^[\w!#$%&'*+.^`|~-]+\/[\t\x20-\x7e]+$/.test(type)) return type
  throw malformed(`the Content-Type of the part ${shown(name)} is none`)
}

function utf8(octets: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(octets, 'latin1'))
  } catch {
    throw malformed('the name of a field or a file is not UTF-8')
  }
}
