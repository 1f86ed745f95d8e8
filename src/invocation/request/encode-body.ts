// The body as octets, in the type that the request names at last: a Content-Type that a header parameter or a policy
// sets wins over the document's (connector-format §2.2), and the body must be what it says.
import { isJsonObject, type Json, type JsonObject, printJson } from '../../json.ts'
import { textOf } from './argument-values.ts'
import type { DraftBody } from './body.ts'
import { isJsonType, isMultipartType, isUrlencodedType } from './content-type.ts'
import { encodeMultipart, type Field, type TextField } from './multipart.ts'

export interface EncodedBody {
  readonly payload: string | Uint8Array | null
  /** Null where there is no body. */
  readonly contentType: string | null
  /** The type carries a boundary, so no header may replace it. */
  readonly fixedType: boolean
}

/** The octets to send, whole, so that a retry sends the same. `header` is the request's own Content-Type, if any. */
export function encodeBody(body: DraftBody, header: string | undefined): EncodedBody {
  // Edge spaces are no part of a header's value (RFC 9110 §5.5), and some packages have them.
  const type = header?.trim()
  switch (body.kind) {
    case 'none':
      return { payload: null, contentType: null, fixedType: false }
    case 'json':
      return encodeValue(body.value, type || body.contentType)
    case 'text':
      return encodeValue(body.text, type || body.contentType)
    case 'bytes':
      return { payload: body.data, contentType: body.contentType, fixedType: false }
    case 'form':
      return type && isMultipartType(type) ? multipart(body.fields) : urlencoded(body.fields)
    case 'multipart':
      return multipart(body.fields)
  }
}

/** A value as JSON; a text as it is where the type is not JSON; an object, or a list of pairs, as a form where that is the type. */
function encodeValue(value: Json, contentType: string): EncodedBody {
  const fields = isJsonObject(value) ? fieldsOf(value) : pairsOf(value)
  if (fields && isUrlencodedType(contentType)) return urlencoded(fields)
  if (fields && isMultipartType(contentType)) return multipart(fields)
  const raw = typeof value === 'string' && !isJsonType(contentType)
  return { payload: raw ? value : printJson(value), contentType, fixedType: false }
}

/** One field for each member, for each element of a list; null is left out. */
function fieldsOf(value: JsonObject): TextField[] {
  return Object.entries(value).flatMap(([field, member]): TextField[] => {
    if (member === null) return []
    return Array.isArray(member) ? member.map(element => [field, textOf(element)]) : [[field, textOf(member)]]
  })
}

/**
 * A form that a document describes as a list of `{key, value}`, as exporters of Postman collections do. Null for any
 * other value: a list of anything else has no names for fields.
 */
function pairsOf(value: Json): TextField[] | null {
  if (!Array.isArray(value) || value.length === 0) return null
  const pairs = value.flatMap((element: Json): TextField[] => {
    if (!isJsonObject(element) || Object.keys(element).length !== 2) return []
    const { key, value: text } = element
    return typeof key === 'string' && text !== undefined && !(typeof text === 'object')
      ? [[key, textOf(text)]]
      : []
  })
  return pairs.length === value.length ? pairs : null
}

function urlencoded(fields: readonly TextField[]): EncodedBody {
  return {
    payload: new URLSearchParams(fields.map(([name, value]) => [name, value])).toString(),
    contentType: 'application/x-www-form-urlencoded',
    fixedType: false,
  }
}

function multipart(fields: readonly Field[]): EncodedBody {
  return { ...encodeMultipart(fields), fixedType: true }
}
