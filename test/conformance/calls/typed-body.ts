// What a wanted body is in the end: it is of the type that the request names, whoever set that (connector-format §2.2).
import { z } from 'zod'
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
  if (!(isForm(type) || isMultipart(type))) return body
  // A list has no members, so that no form can be made of it but where each element is a field.
  const fields = isJsonObject(value) ? fieldsOf(value) : pairs.safeParse(value).data
  return fields ? { kind: isMultipart(type) ? 'multipart' : 'form', fields } : body
}

const scalar = z.union([z.string(), z.number(), z.bigint(), z.boolean()]).transform(String)
const pairs = z
  .array(
    z.strictObject({ key: z.string(), value: scalar }).transform(({ key, value }) => [key, value] as const),
  )
  .min(1)

/** A field for each member, and for each element of a list. */
function fieldsOf(value: JsonObject): readonly (readonly [string, string])[] {
  return Object.entries(value).flatMap(([name, member]) => partsOf(member).map(text => [name, text] as const))
}
