// Decodes an answer by its own content type, and tolerates the wrong one (connector-format §2.6).
import type { ConnectorDefinition, Schema } from '../../definition/index.ts'
import { JunctorError } from '../../errors.ts'
import { type Json, parseJson } from '../../json.ts'
import { Bytes } from '../invocation.ts'
import { resolveSchema } from '../request/body-defaults.ts'
import { readXml } from './xml/read-xml.ts'

export interface Encoded {
  readonly contentType: string
  readonly body: Uint8Array
}

const jsonType = /^[\w.-]+\/(?:[\w.-]+\+)?json$/
const textType = /^text\/|^application\/(?:[\w.-]+\+)?(?:xml|javascript|yaml|x-www-form-urlencoded)$/

/**
 * JSON as exact values, text as string, an empty body as null, all else as Bytes; Bytes whatever the type where the
 * response is declared binary. XML is text, and where an object or a list is declared, what it holds of that. Throws
 * UPSTREAM_INVALID.
 */
export function decodeBody(
  { contentType, body }: Encoded,
  response: Schema | null,
  schemas: ConnectorDefinition['schemas'],
): Json | Bytes {
  if (body.length === 0) return null
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  const schema = response && resolveSchema(response, schemas)
  if (schema?.type === 'string' && schema.format === 'binary')
    return new Bytes(contentType || 'application/octet-stream', body)
  const structured = schema?.type === 'object' || schema?.type === 'array'
  if (jsonType.test(type)) return readJson(lossyText(body, contentType), structured)
  if (type !== '' && !textType.test(type)) return new Bytes(contentType, body)
  const text = strictText(body, contentType)
  if (text === null) return new Bytes(contentType || 'application/octet-stream', body)
  if (!schema || !structured) return text
  return tryJson(text) ?? (/^\s*</.test(text) ? readXml(text, schema, schemas) : undefined) ?? text
}

function readJson(text: string, structured: boolean): Json {
  const value = tryJson(text)
  if (value !== undefined) return value
  // Plain text under a JSON type is common where a text is all that is promised.
  if (!structured && text.trim() !== '' && !/^\s*[{[]/.test(text)) return text
  if (text.trim() === '') return null
  // No cause: the parser's message quotes the answer.
  throw new JunctorError('UPSTREAM_INVALID', 'The API answered with JSON that cannot be read.')
}

function tryJson(text: string): Json | undefined {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

/** Text in the charset it names; octets that are no text in it are replaced. */
function lossyText(body: Uint8Array, contentType: string): string {
  return decoderFor(contentType, false).decode(body)
}

/** As `lossyText`, but null for octets that are no text. */
function strictText(body: Uint8Array, contentType: string): string | null {
  try {
    return decoderFor(contentType, contentType === '').decode(body)
  } catch {
    return null
  }
}

const utf8 = new TextDecoder()

function decoderFor(contentType: string, fatal: boolean): TextDecoder {
  if (!fatal && !/charset/i.test(contentType)) return utf8
  const charset = /;\s*charset="?([^\s";]+)/i.exec(contentType)?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset, { fatal })
  } catch {
    return new TextDecoder('utf-8', { fatal })
  }
}

/** The beginning of an error's body as text. */
export function errorText({ contentType, body }: Encoded): string {
  return lossyText(body, contentType)
}
