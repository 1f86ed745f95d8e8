// What kind of body an operation's `consumes` asks for (connector-format §2.2).
import type { JsonObject } from '../../../src/json.ts'

export const isForm = (type: string) => /^application\/x-www-form-urlencoded/i.test(type)
export const isMultipart = (type: string) => /^multipart\/|^application\/form-data/i.test(type)
export const isJson = (type: string) => /^[^;]*[/+]json/i.test(type)
const isPlain = (type: string) => /^text\/|^[^;]*[/+]xml/i.test(type) && !isJson(type)

export type BodyKind = 'json' | 'text' | 'bytes' | 'form' | 'multipart'

/** Any file makes a form multipart; else the urlencoded form where it is listed or nothing is. */
export function formKind(hasFile: boolean, consumes: readonly string[]): 'form' | 'multipart' {
  if (hasFile) return 'multipart'
  return !consumes.some(isForm) && consumes.some(isMultipart) ? 'multipart' : 'form'
}

/** A text goes raw only where a text type is taken; whatever else is no bytes goes as JSON. */
export function bodyKind(schema: JsonObject, consumes: readonly string[]): 'bytes' | 'text' | 'json' {
  if (schema.type === 'file' || (schema.type === 'string' && schema.format === 'binary')) return 'bytes'
  return schema.type === 'string' && consumes.some(isPlain) ? 'text' : 'json'
}

/** What a caller may say the type of a body of this kind is: one that is listed, or the usual one. */
export function usualType(kind: BodyKind, consumes: readonly string[]): string {
  switch (kind) {
    case 'form':
      return 'application/x-www-form-urlencoded'
    case 'multipart':
      return 'multipart/form-data'
    case 'text':
      return consumes.find(isPlain) ?? 'text/plain'
    case 'bytes':
      return 'application/octet-stream'
    case 'json':
      return consumes.find(isJson) ?? 'application/json'
  }
}

/** True where a body of the kind may be of this type: one that is listed, or JSON where none that fits is. */
export function isContentType(type: string, kind: string, consumes: readonly string[]): boolean {
  const essence = (text: string) => text.split(';')[0]?.trim().toLowerCase()
  switch (kind) {
    case 'form':
      return isForm(type)
    case 'multipart':
      return /^multipart\/form-data;\s*boundary=/i.test(type)
    case 'json':
      if (consumes.some(isJson)) return consumes.some(listed => essence(listed) === essence(type))
      return isJson(type)
    case 'text':
      return consumes.some(listed => isPlain(listed) && essence(listed) === essence(type))
    default:
      return !isForm(type) && !isMultipart(type)
  }
}
