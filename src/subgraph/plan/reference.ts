// References between schemas, followed.
import type { Schema } from '../../definition/index.ts'

type Schemas = Readonly<Record<string, Schema>>
type Content = Exclude<Schema, { type: 'ref' }>

/** The schema itself, or what its reference leads to; null where that is nothing, or the reference itself. */
export function contentOf(schema: Schema, schemas: Schemas): Content | null {
  const entered = new Set<string>()
  let content = schema
  while (content.type === 'ref') {
    const target = Object.hasOwn(schemas, content.ref) ? schemas[content.ref] : undefined
    if (!target || entered.has(content.ref)) return null
    entered.add(content.ref)
    content = target
  }
  return content
}

/** True where the schema itself says it of itself, or anything its reference leads over. */
export function isMarked(schema: Schema, mark: 'readOnly' | 'notificationUrl', schemas: Schemas): boolean {
  const entered = new Set<string>()
  let current = schema
  while (!current[mark]) {
    if (current.type !== 'ref' || entered.has(current.ref)) return false
    const target = Object.hasOwn(schemas, current.ref) ? schemas[current.ref] : undefined
    if (!target) return false
    entered.add(current.ref)
    current = target
  }
  return true
}

/**
 * The schema with what a reader needs to know of its reference's target: a member that refers to an enumeration tells
 * the values itself, because enumerations are no types here. Objects have types, which tell for themselves.
 */
export function describedSchema(schema: Schema, schemas: Schemas): Schema {
  if (schema.type === 'array') return { ...schema, items: describedSchema(schema.items, schemas) }
  if (schema.type !== 'ref') return schema
  const content = contentOf(schema, schemas)
  if (!content) return schema
  const { type: _type, ref: _ref, ...own } = schema
  if (content.type !== 'object') return { ...content, ...own }
  return content.default === undefined ? schema : { default: content.default, ...schema }
}
