// The object that a form stands for where the schema of a body says what its members are.
import type { Json, JsonObject } from '../../../src/json.ts'
import { member, own } from './package-text.ts'
import { exactJson } from './received-request.ts'
import { merged, typeOf } from './schema-reading.ts'

export type TextFields = readonly (readonly [string, string])[]

/** Members in their text form, for a judge that reads types from text; lists and objects in their own. */
export function formMembers(document: JsonObject, schema: JsonObject, fields: TextFields): Json {
  // A schema that is a list describes the fields themselves.
  if (typeOf(merged(document, schema)) === 'array') return fields.map(([key, value]) => ({ key, value }))
  const properties = member(merged(document, schema), 'properties')
  const read = (text: string, node: Json | undefined): Json =>
    /^(array|object)$/.test(typeOf(merged(document, node)) ?? '') ? structure(text) : text
  const names = [...new Set(fields.map(([name]) => name))]
  return Object.fromEntries(
    names.map(name => {
      const property = merged(document, own(properties, name))
      const texts = fields.filter(([each]) => each === name).map(([, text]) => text)
      if (typeOf(property) === 'array') return [name, texts.map(text => read(text, property.items))]
      return [name, texts.length === 1 ? read(texts[0] ?? '', property) : texts]
    }),
  )
}

/** A text that is no JSON stays one: the judge says then that it is not what it must be. */
function structure(text: string): Json {
  try {
    return exactJson(text)
  } catch {
    return text
  }
}
