// Binary arguments: base64 text, or the envelope that Logic Apps wraps binary content in (connector-format §2.6).
import { isJsonObject, type Json } from '../../json.ts'
import { invalidArgument } from './argument-values.ts'

export interface BinaryArgument {
  readonly data: Uint8Array<ArrayBuffer>
  /** Null where the caller gave base64 text alone. */
  readonly contentType: string | null
  readonly fileName: string | null
}

/**
 * Accepts base64 or base64url text, or `{"$content-type", "$content", "$filename"?}`.
 * Throws ARGUMENT_INVALID naming the argument.
 */
export function readBinary(name: string, value: Json): BinaryArgument {
  if (typeof value === 'string') return { data: fromBase64(name, value), contentType: null, fileName: null }
  const envelope = isJsonObject(value) ? value : {}
  const { $content: content, '$content-type': contentType, $filename: fileName } = envelope
  if (typeof content !== 'string')
    throw invalidArgument(
      name,
      'must be base64 text, or an object with "$content-type" and base64 "$content"',
    )
  return {
    data: fromBase64(name, content),
    contentType: typeof contentType === 'string' ? contentType : null,
    fileName: typeof fileName === 'string' ? fileName : null,
  }
}

function fromBase64(name: string, text: string): Uint8Array<ArrayBuffer> {
  const compact = text.replace(/\s/g, '')
  if (!/^[\w+/-]*={0,2}$/.test(compact) || compact.replace(/=+$/, '').length % 4 === 1)
    throw invalidArgument(name, 'must be base64 text')
  return Uint8Array.from(Buffer.from(compact, 'base64'))
}
