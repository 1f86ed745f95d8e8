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

/** A schema says a type, refers, or has a map of properties; what is a map of schemas itself is bare properties. */
function isSchema(value: JsonObject): boolean {
  const { type, $ref, properties } = value
  if (typeof type === 'string' || Array.isArray(type) || typeof $ref === 'string') return true
  return isMapOfSchemas(properties) || !isMapOfSchemas(value)
}

/** `{type: {…}}` is a property named type, `{type: 'string'}` is not. */
function isMapOfSchemas(value: Json | undefined): boolean {
  return isJsonObject(value) && Object.keys(value).length > 0 && Object.values(value).every(isJsonObject)
}
