// The default of a schema, where it fits.
import type { Json } from '../json.ts'
import { child, type Node } from './node.ts'
import type { Schema } from './schema-model.ts'
import { allows, fitting } from './schema-values.ts'

interface DefaultContext {
  /** A named schema; undefined while it is being read. */
  lookUp(name: string): Schema | undefined
  dropped(declared: Node, message: string): void
}

/** The schema with the default that its node declares; without it where nobody could send it, which is told. */
export function schemaWithDefault(node: Node, schema: Schema, context: DefaultContext): Schema {
  const { lookUp, dropped } = context
  const declared = child(node, 'default')
  if (declared.value === undefined || declared.value === null) return schema
  const value: Json | undefined = fitting(schema, declared.value, lookUp)
  if (value === undefined) {
    dropped(declared, `The default does not fit the type ${schema.type}.`)
    return schema
  }
  if (allows(schema, value, lookUp)) return { ...schema, default: value }
  if (schema.visibility === 'internal' && 'enum' in schema) {
    // Nobody chooses an internal value: what is sent is the default, listed or not.
    const { enum: _, ...free } = schema
    return { ...free, default: value }
  }
  dropped(declared, 'The default is none of the listed values.')
  return schema
}
