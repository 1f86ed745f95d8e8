// What a wanted body is in the end: it is of the type that the request names, whoever set that (connector-format §2.2).
import { isJsonObject, type JsonObject } from '../../../src/json.ts'
import { isForm, isJson, isMultipart } from './media-types.ts'
import { partsOf, type WantedBody } from './wanted-body.ts'
import type { WantedRequest } from './wanted-request.ts'

/** To be called when all that may set a Content-Type has had its turn. */
export function settleBody(wanted: WantedRequest): void {
  const type = wanted.headers.get('content-type')?.trim()
  if (type) wanted.body = typedBody(wanted.body, type)
}

function typedBody(body: WantedBody, type: string): WantedBody {
  if (body.kind === 'form') return isMultipart(type) ? { ...body, kind: 'multipart' } : body
  if (body.kind === 'text') return isJson(type) ? { kind: 'json', value: body.text } : body
  if (body.kind !== 'json') return body
  const { value } = body
  if (typeof value === 'string') return isJson(type) ? body : { kind: 'text', text: value }
  // A list has no members, so that no form can be made of it.
  if (!isJsonObject(value) || !(isForm(type) || isMultipart(type))) return body
  return { kind: isMultipart(type) ? 'multipart' : 'form', fields: fieldsOf(value) }
}

/** A field for each member, and for each element of a list. */
function fieldsOf(value: JsonObject): readonly (readonly [string, string])[] {
  return Object.entries(value).flatMap(([name, member]) => partsOf(member).map(text => [name, text] as const))
}
