// A file that came with a request, as the JSON envelope of binary content that Logic Apps has (connector-format §2.6):
// whatever takes JSON takes it, stores it and gives it back. Whoever sends the bytes has them without base64.
import type { JsonObject } from './json.ts'

const octets: unique symbol = Symbol('octets')

/** `{"$content-type"?, "$filename"?, "$content"}`, the content in base64, which is made whenever it is read. */
export type UploadedFile = JsonObject & {
  readonly $content: string
  readonly [octets]: Uint8Array<ArrayBuffer>
}

/** Null for what the client did not tell. */
export function uploadedFile(
  data: Uint8Array<ArrayBuffer>,
  { contentType, fileName }: { readonly contentType: string | null; readonly fileName: string | null },
): UploadedFile {
  const file = {
    ...(contentType === null ? {} : { '$content-type': contentType }),
    ...(fileName === null ? {} : { $filename: fileName }),
    get $content() {
      return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')
    },
    [octets]: data,
  }
  // JSON.stringify calls it with a key; graphql-js without one, to quote a value in an error: there all of the content
  // would stand.
  const toJSON = (key?: string): unknown => (key === undefined ? '(a file)' : { ...file })
  return Object.defineProperty(file, 'toJSON', { value: toJSON })
}

export function isUploadedFile(value: unknown): value is UploadedFile {
  return typeof value === 'object' && value !== null && octets in value
}

/** The bytes of an uploaded file; null for any other value. */
export function octetsOf(value: unknown): Uint8Array<ArrayBuffer> | null {
  return isUploadedFile(value) ? value[octets] : null
}
