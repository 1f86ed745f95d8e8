// allOf: several schemas that hold at once → one. Members of objects unite; for anything else the later one wins.
import type { Schema } from './model.ts'
import { record } from './node.ts'

export interface Merged {
  readonly schema: Schema
  /** Types that cannot hold at once met; the first was kept. */
  readonly conflict: boolean
}

/** Merges resolved schemas (none of type `ref`). What they say about themselves besides their type is left out. */
export function mergeSchemas(schemas: readonly Schema[]): Merged {
  let conflict = false
  let merged: Schema = { type: 'any' }
  for (const schema of schemas) {
    if (schema.type === 'any') continue
    if (merged.type === 'any') merged = bare(schema)
    else if (merged.type === 'object' && schema.type === 'object') merged = mergeObjects(merged, schema)
    else if (merged.type === schema.type) merged = narrower(merged, schema)
    else conflict = true
  }
  return { schema: merged, conflict }
}

/** Of two schemas of one type the later one, unless only the earlier one narrows the type. */
function narrower(a: Schema, b: Schema): Schema {
  return narrows(b) || !narrows(a) ? bare(b) : a
}

function narrows(schema: Schema): boolean {
  if (schema.type === 'array') return schema.items.type !== 'any'
  if ('enum' in schema && schema.enum !== undefined) return true
  return schema.type === 'string' && schema.format !== undefined
}

type ObjectSchema = Extract<Schema, { type: 'object' }>

function mergeObjects(a: ObjectSchema, b: ObjectSchema): ObjectSchema {
  const properties = record([...Object.entries(a.properties), ...Object.entries(b.properties)])
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

/**
 * oneOf/anyOf of scalars that one type covers: strings of several formats, labelled constants, integers and
 * numbers. Undefined where the choice is a real one.
 */
export function commonScalar(choices: readonly Schema[]): Schema | undefined {
  const [first, ...others] = choices
  if (first === undefined) return undefined
  const enums = choices.map(choice => ('enum' in choice ? choice.enum : undefined))
  const values = enums.every(each => each !== undefined)
    ? [...new Map(enums.flat().map(each => [each.value, each])).values()]
    : undefined
  const listed = values === undefined ? {} : { enum: values }
  if (choices.every(choice => choice.type === 'string')) {
    const format = others.every(
      other =>
        other.type === 'string' && 'format' in other && 'format' in first && other.format === first.format,
    )
    return {
      type: 'string',
      ...(format && first.type === 'string' && first.format ? { format: first.format } : {}),
      ...listed,
    }
  }
  if (choices.every(choice => choice.type === 'boolean')) return { type: 'boolean' }
  if (choices.every(choice => choice.type === 'integer')) {
    return {
      type: 'integer',
      format: choices.every(choice => choice.format === 'int32') ? 'int32' : 'int64',
      ...listed,
    }
  }
  return choices.every(choice => choice.type === 'integer' || choice.type === 'number')
    ? { type: 'number', ...listed }
    : undefined
}
