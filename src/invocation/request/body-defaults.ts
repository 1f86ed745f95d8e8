// Fills in what a body must hold and the caller did not give: required members that have a default (§2.2).
import type { Schema } from '../../definition/index.ts'
import { isJsonObject, type Json } from '../../json.ts'

type Schemas = Readonly<Record<string, Schema>>

/** The same value where nothing is missing. Members without a default create their parents only where required. */
export function fillDefaults(value: Json, schema: Schema, schemas: Schemas): Json {
  const target = resolveSchema(schema, schemas)
  if (target.type === 'array' && Array.isArray(value)) {
    const filled = value.map(element => fillDefaults(element, target.items, schemas))
    return filled.some((element, index) => element !== value[index]) ? filled : value
  }
  if (target.type !== 'object' || !isJsonObject(value)) return value
  const changes: [string, Json][] = []
  for (const [name, property] of Object.entries(target.properties)) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined
    const filled =
      given !== undefined
        ? fillDefaults(given, property, schemas)
        : target.required.includes(name)
          ? missingMember(property, schemas, new Set())
          : undefined
    if (filled !== undefined && filled !== given) changes.push([name, filled])
  }
  return changes.length === 0 ? value : Object.fromEntries([...Object.entries(value), ...changes])
}

/** The default of a required member, or an object of the defaults inside it; undefined where there are none. */
export function missingMember(
  schema: Schema,
  schemas: Schemas,
  within: ReadonlySet<Schema>,
): Json | undefined {
  const target = resolveSchema(schema, schemas)
  const ownDefault = schema.default ?? target.default
  if (ownDefault !== undefined) return ownDefault
  // A type that requires itself has no finite value.
  if (target.type !== 'object' || within.has(target)) return undefined
  const deeper = new Set([...within, target])
  const members = Object.entries(target.properties).flatMap(([name, property]): [string, Json][] => {
    const value = target.required.includes(name) ? missingMember(property, schemas, deeper) : undefined
    return value === undefined ? [] : [[name, value]]
  })
  return members.length === 0 ? undefined : Object.fromEntries(members)
}

/** True where no required member is missing, at any depth. What is read only is never sent. */
export function isComplete(value: Json, schema: Schema, schemas: Schemas): boolean {
  const target = resolveSchema(schema, schemas)
  if (target.type !== 'object' || !isJsonObject(value)) return true
  return Object.entries(target.properties).every(([name, property]) => {
    const member = Object.hasOwn(value, name) ? value[name] : undefined
    if (member !== undefined) return isComplete(member, property, schemas)
    return property.readOnly === true || !target.required.includes(name)
  })
}

/** Follows references; a reference to nothing, or to itself, means anything. */
export function resolveSchema(schema: Schema, schemas: Schemas): Exclude<Schema, { type: 'ref' }> {
  const seen = new Set<string>()
  let current = schema
  while (current.type === 'ref') {
    const next = seen.has(current.ref) ? undefined : schemas[current.ref]
    if (!next) return { type: 'any' }
    seen.add(current.ref)
    current = next
  }
  return current
}
