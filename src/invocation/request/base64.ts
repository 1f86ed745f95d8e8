// Binary arguments: an uploaded file, base64 text, or the envelope that Logic Apps wraps binary content in
// (connector-format §2.6). Inside JSON they are base64 text.
import type { Schema } from '../../definition/index.ts'
import { isJsonObject, type Json } from '../../json.ts'
import { octetsOf } from '../../uploaded-file.ts'
import { invalidArgument } from './argument-values.ts'
import { resolveSchema } from './body-defaults.ts'
import { isHeaderValue } from './headers.ts'

export interface BinaryArgument {
  readonly data: Uint8Array<ArrayBuffer>
  /** Null where the caller did not tell. */
  readonly contentType: string | null
  readonly fileName: string | null
}

/**
 * Accepts base64 or base64url text, `{"$content-type"?, "$content", "$filename"?}`, or an uploaded file, which is such
 * an object. Throws ARGUMENT_INVALID naming the argument.
 */
export function readBinary(name: string, value: Json): BinaryArgument {
  if (typeof value === 'string') return { data: fromBase64(name, value), contentType: null, fileName: null }
  const envelope = isJsonObject(value) ? value : {}
  const { '$content-type': contentType, $filename: fileName } = envelope
  return {
    data: octetsOf(value) ?? contentOf(name, envelope.$content),
    contentType: typeof contentType === 'string' ? typeText(name, contentType) : null,
    fileName: typeof fileName === 'string' ? nameText(name, fileName) : null,
  }
}

/**
 * The same value where it holds no bytes. What is text in the document (`byte` is base64 inside JSON, §2.4) and was
 * given as a file becomes the file's content in base64; in what the document does not describe it stays an envelope.
 */
export function withBytesAsText(
  value: Json,
  schema: Schema,
  schemas: Readonly<Record<string, Schema>>,
): Json {
  const target = resolveSchema(schema, schemas)
  if (target.type === 'array' && Array.isArray(value)) {
    const texts = value.map((element: Json) => withBytesAsText(element, target.items, schemas))
    return texts.some((text, index) => text !== value[index]) ? texts : value
  }
  if (!isJsonObject(value)) return value
  if (target.type === 'string' && target.format === 'byte')
    return typeof value.$content === 'string' ? value.$content : value
  if (target.type !== 'object') return value
  const changes = Object.entries(target.properties).flatMap(([name, property]): [string, Json][] => {
    const given = Object.hasOwn(value, name) ? value[name] : undefined
    const text = given === undefined ? undefined : withBytesAsText(given, property, schemas)
    return text === undefined || text === given ? [] : [[name, text]]
  })
  return changes.length === 0 ? value : Object.fromEntries([...Object.entries(value), ...changes])
}

function contentOf(name: string, content: Json | undefined): Uint8Array<ArrayBuffer> {
  if (typeof content === 'string') return fromBase64(name, content)
  throw invalidArgument(
    name,
    'must be a file, base64 text, or an object with "$content-type" and base64 "$content"',
  )
}

function typeText(name: string, contentType: string): string {
  if (isHeaderValue(contentType)) return contentType
  throw invalidArgument(name, 'has a content type that no header can carry; give one such as application/pdf')
}

function nameText(name: string, fileName: string): string {
  if (fileName.isWellFormed()) return fileName
  throw invalidArgument(name, 'has a file name with half of a surrogate pair; give it whole characters')
}

function fromBase64(name: string, text: string): Uint8Array<ArrayBuffer> {
  const compact = text.replace(/\s/g, '')
  if (!/^[\w+/-]*={0,2}$/.test(compact) || compact.replace(/=+$/, '').length % 4 === 1)
    throw invalidArgument(name, 'must be base64 text')
  return Uint8Array.from(Buffer.from(compact, 'base64'))
}
