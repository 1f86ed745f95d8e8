// multipart/form-data, RFC 7578. Values go out octet for octet: FormData would write every line break in a text as CRLF.
import { randomBytes } from 'node:crypto'

export interface FormFile {
  readonly data: Uint8Array<ArrayBuffer>
  readonly contentType: string
  readonly fileName: string
}

export type TextField = readonly [string, string]
export type Field = readonly [string, string | FormFile]

/** The octets, and the type that names their boundary. */
export function encodeMultipart(fields: readonly Field[]): {
  readonly payload: Uint8Array
  readonly contentType: string
} {
  // 128 bits of chance are in no value (RFC 2046 §5.1.1).
  const boundary = `junctor-${randomBytes(16).toString('hex')}`
  const chunks = fields.flatMap(([name, value]) => [
    Buffer.from(`--${boundary}\r\n${headersOf(name, value)}\r\n\r\n`, 'utf8'),
    typeof value === 'string' ? Buffer.from(value, 'utf8') : value.data,
    Buffer.from('\r\n'),
  ])
  return {
    payload: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
    contentType: `multipart/form-data; boundary=${boundary}`,
  }
}

function headersOf(name: string, value: string | FormFile): string {
  const disposition = `Content-Disposition: form-data; name="${quoted(name)}"`
  if (typeof value === 'string') return disposition
  const type = /[\r\n]/.test(value.contentType) ? 'application/octet-stream' : value.contentType
  return `${disposition}; filename="${quoted(value.fileName)}"\r\nContent-Type: ${type}`
}

/** As browsers write names: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data */
function quoted(text: string): string {
  return text.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22')
}
