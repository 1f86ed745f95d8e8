// The JSON Schema of a dynamic input or output: x-ms-dynamic-schema and -properties (connector-format §6.3).
import { isJsonObject, type Json, type JsonObject } from '../../json.ts'
import { callReference, type DynamicCall, member } from './call-reference.ts'

/**
 * Reads the schema that an API gives. A bare map of properties becomes an object schema; nothing at the path is null,
 * which means anything. Throws as `Invoker.call` does.
 */
export async function readSchema(call: DynamicCall): Promise<Json> {
  const { valuePath } = call.reference
  const response = await callReference(call)
  const found =
    valuePath === '' ? response : (member(response, [valuePath]) ?? member(response, valuePath.split('/')))
  if (!isJsonObject(found)) return null
  return isSchema(found) ? found : { type: 'object', properties: found }
}

/** A properties map has schemas as members; a member named `type` is then an object, in a schema it is text. */
function isSchema(value: JsonObject): boolean {
  if (typeof value.type === 'string' || Array.isArray(value.type) || typeof value.$ref === 'string')
    return true
  const members = Object.values(value)
  return members.length === 0 || !members.every(isJsonObject) || looksLikeProperties(value.properties)
}

/** `properties` of a schema holds only schemas; a property called so is a schema itself and has a `type`. */
function looksLikeProperties(value: Json | undefined): boolean {
  return isJsonObject(value) && typeof value.type !== 'string' && Object.values(value).every(isJsonObject)
}
