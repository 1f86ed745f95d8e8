// allOf: several schemas that hold at once → one. Members of objects unite, and so do members of one name; for anything
// else the later one wins.
import { quoted } from './findings.ts'
import { record } from './node.ts'
import type { Schema } from './schema-model.ts'
import { allows, fitting } from './schema-values.ts'

/** What joining schemas needs of their reader. */
export interface WriteOut {
  /** What a reference leads to; any other schema is itself. */
  resolve(schema: Schema): Schema
  /** Counts schemas that are written out; false when there have been enough of them. */
  spend(count: number): boolean
}

/** Members that several schemas share are joined as well, so deep: references may lead down without end. */
export const deepestJoin = 4

export interface Merged {
  readonly schema: Schema
  /** What cannot hold at once, or was not looked at, as sentences. */
  readonly conflicts: readonly string[]
}

interface Merging extends WriteOut {
  readonly conflicts: string[]
}

/** Merges resolved schemas (none of type `ref`). What they say about themselves besides their type is left out. */
export function mergeSchemas(schemas: readonly Schema[], context: WriteOut): Merged {
  const merging: Merging = { ...context, conflicts: [] }
  let merged: Schema = { type: 'any' }
  for (const schema of schemas) {
    const both = mergeTypes(merged, schema, merging, 0)
    if (both === undefined)
      merging.conflicts.push('Schemas that hold at once are of different types; the first was kept.')
    else merged = both
  }
  return { schema: merged, conflicts: merging.conflicts }
}

/** Undefined where nothing can be of both types. */
function mergeTypes(a: Schema, b: Schema, merging: Merging, depth: number): Schema | undefined {
  if (b.type === 'any') return bare(a)
  if (a.type === 'any') return bare(b)
  if (a.type === 'object' && b.type === 'object') return mergeObjects(a, b, merging, depth)
  if (a.type === 'array' && b.type === 'array') {
    return { type: 'array', items: mergeMember('[]', a.items, b.items, merging, depth + 1) }
  }
  if (a.type === b.type) return bare(adds(b) || !adds(a) ? b : a)
  if (a.type === 'integer' && b.type === 'number') return bare(a)
  return a.type === 'number' && b.type === 'integer' ? bare(b) : undefined
}

/** One member of two schemas. A reference stays one where the other says no more than what it leads to. */
function mergeMember(name: string, a: Schema, b: Schema, merging: Merging, depth: number): Schema {
  const [first, second] = [merging.resolve(a), merging.resolve(b)]
  const labels = { ...labelsOf(a), ...labelsOf(b) }
  if (b.type === 'any' || (a.type === 'ref' && b.type === 'ref' && a.ref === b.ref) || !says(second, first))
    return labelled(bare(a), labels, merging)
  if (!says(first, second)) return labelled(bare(b), labels, merging)
  if (depth > deepestJoin || !merging.spend(1)) {
    merging.conflicts.push(
      `Schemas that hold at once share ${quoted(name)} too deep inside; the last one counts.`,
    )
    return b
  }
  const merged = mergeTypes(first, second, merging, depth)
  if (merged !== undefined)
    return labelled(
      merged,
      { ...labelsOf(first), ...labelsOf(a), ...labelsOf(second), ...labelsOf(b) },
      merging,
    )
  merging.conflicts.push(
    `Schemas that hold at once give ${quoted(name)} different types; the last one counts.`,
  )
  return labelled(bare(b), labels, merging)
}

/** False where `schema` says nothing that `beside` does not: no type, or the same with nothing more to it. */
function says(schema: Schema, beside: Schema): boolean {
  if (schema.type === 'any') return false
  const same = schema.type === beside.type || (schema.type === 'number' && beside.type === 'integer')
  return !same || adds(schema)
}

/** True where a schema says more than its type. */
function adds(schema: Schema): boolean {
  if (schema.type === 'array') return schema.items.type !== 'any'
  if (schema.type === 'object') return !isOpen(schema) || (schema.additional?.type ?? 'any') !== 'any'
  if ('enum' in schema && schema.enum !== undefined) return true
  return schema.type === 'string' && schema.format !== undefined
}

/** A default of one part need not fit what the other makes of the type. */
function labelled(schema: Schema, labels: Labels, { resolve }: Merging): Schema {
  const { default: fallback, ...others } = labels
  if (fallback === undefined) return { ...schema, ...others }
  const named = (ref: string) => resolve({ type: 'ref', ref })
  const fits = fitting(schema, fallback, named) !== undefined && allows(schema, fallback, named)
  return { ...schema, ...others, ...(fits ? { default: fallback } : {}) }
}

type ObjectSchema = Extract<Schema, { type: 'object' }>

function mergeObjects(a: ObjectSchema, b: ObjectSchema, merging: Merging, depth: number): ObjectSchema {
  const shared = Object.entries(b.properties).map(([name, member]) => {
    const other = Object.hasOwn(a.properties, name) ? a.properties[name] : undefined
    return [
      name,
      other === undefined ? member : mergeMember(name, other, member, merging, depth + 1),
    ] as const
  })
  const properties = record([...Object.entries(a.properties), ...shared])
  const required = [...new Set([...a.required, ...b.required])].filter(name =>
    Object.hasOwn(properties, name),
  )
  // An object that names no members accepts any, but beside one that does it only says "an object".
  const additional = isOpen(b)
    ? isOpen(a)
      ? b.additional
      : a.additional
    : (b.additional ?? named(a).additional)
  return { type: 'object', properties, required, additional }
}

function isOpen(schema: ObjectSchema): boolean {
  return Object.keys(schema.properties).length === 0
}

function named(schema: ObjectSchema): { additional: Schema | null } {
  return isOpen(schema) ? { additional: null } : schema
}

function bare(schema: Schema): Schema {
  switch (schema.type) {
    case 'any':
    case 'boolean':
      return { type: schema.type }
    case 'ref':
      return { type: 'ref', ref: schema.ref }
    case 'string': {
      const { type, format, enum: values } = schema
      return {
        type,
        ...(format === undefined ? {} : { format }),
        ...(values === undefined ? {} : { enum: values }),
      }
    }
    case 'integer': {
      const { type, format, enum: values } = schema
      return { type, format, ...(values === undefined ? {} : { enum: values }) }
    }
    case 'number': {
      const { type, enum: values } = schema
      return { type, ...(values === undefined ? {} : { enum: values }) }
    }
    case 'array':
      return { type: 'array', items: schema.items }
    case 'object': {
      const { type, properties, required, additional } = schema
      return { type, properties, required, additional }
    }
  }
}

type Labels = Omit<
  Schema,
  'type' | 'ref' | 'format' | 'enum' | 'items' | 'properties' | 'required' | 'additional'
>

/** What a schema says about itself besides its type. */
function labelsOf(schema: Schema): Labels {
  const own = new Set(Object.keys(bare(schema)))
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !own.has(key)))
}
