// Choices for a parameter: x-ms-dynamic-values and -list (connector-format §6.1, §6.2, §6.4).
import type { Schema } from '../../definition/index.ts'
import { isJsonObject, type Json } from '../../json.ts'
import { textOf } from '../request/argument-values.ts'
import { resolveSchema } from '../request/body-defaults.ts'
import { callReference, type DynamicCall, member } from './call-reference.ts'

export type { DynamicCall } from './call-reference.ts'

export interface Option {
  readonly value: Json
  readonly title: string
}

/**
 * Reads the choices that an API offers. `schema` is the parameter's own: values are coerced to its type where they fit.
 * A choice without a title has its value as title; elements without a value are left out.
 * Throws as `Invoker.call` does, and ARGUMENT_INVALID naming an argument that must be chosen first.
 */
export async function readOptions(call: DynamicCall & { readonly schema?: Schema }): Promise<Option[]> {
  const { itemsPath, valuePath, titlePath } = call.reference
  const response = await callReference(call)
  const schema = call.schema && resolveSchema(call.schema, call.definition.schemas)
  return itemsAt(response, itemsPath).flatMap(item => {
    const value = isJsonObject(item) ? at(item, valuePath) : item
    if (value === undefined || value === null) return []
    const title = isJsonObject(item) && titlePath !== '' ? at(item, titlePath) : undefined
    return [
      {
        value: coerced(value, schema),
        title: title === undefined || title === null ? textOf(value) : textOf(title),
      },
    ]
  })
}

/** The array at the path; without one, the response itself or its only array. */
function itemsAt(response: Json, path: string): readonly Json[] {
  const found = path === '' ? response : at(response, path)
  if (Array.isArray(found)) return found
  if (path !== '' || !isJsonObject(found)) return []
  const arrays = Object.values(found).filter(value => Array.isArray(value))
  return arrays.length === 1 ? (arrays[0] ?? []) : []
}

/** A name may hold a slash itself, so the whole path is tried as a name first. */
function at(item: Json, path: string): Json | undefined {
  return path === '' ? undefined : (member(item, [path]) ?? member(item, path.split('/')))
}

function coerced(value: Json, schema: Schema | undefined): Json {
  const kind = schema?.type === 'array' ? schema.items.type : schema?.type
  if (kind === 'string' && typeof value !== 'object') return String(value)
  if (kind === 'integer' && typeof value === 'string' && /^-?\d{1,19}$/.test(value))
    return exactInteger(value)
  if (kind === 'number' && typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)))
    return Number(value)
  if (kind === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return value
}

function exactInteger(text: string): number | bigint {
  return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text)
}
