// Which parts of a request a caller does not see: the hub fills them in, or only answers carry them.
import type { Schema } from '../../definition/index.ts'

type Schemas = Readonly<Record<string, Schema>>
type ObjectSchema = Extract<Schema, { type: 'object' }>

/**
 * True for the callback URL of a webhook (connector-format §5.2), for an internal constant (§2.2), for what is read
 * only, and for an object that consists of such things only.
 */
export function isHiddenMember(
  owner: ObjectSchema,
  name: string,
  schemas: Schemas,
  entered: readonly string[] = [],
): boolean {
  const schema = owner.properties[name]
  if (!schema) return false
  if (schema.visibility === 'internal' && schema.default !== undefined && owner.required.includes(name))
    return true
  return isHidden(schema, schemas, entered)
}

/** As `isHiddenMember`, for a whole body. */
export function isHidden(schema: Schema, schemas: Schemas, entered: readonly string[] = []): boolean {
  if (schema.notificationUrl || schema.readOnly) return true
  if (schema.dynamicSchema) return false
  switch (schema.type) {
    case 'ref': {
      const target = Object.hasOwn(schemas, schema.ref) ? schemas[schema.ref] : undefined
      if (!target || entered.includes(schema.ref)) return false
      return isHidden(target, schemas, [...entered, schema.ref])
    }
    case 'array':
      return isHidden(schema.items, schemas, entered)
    case 'object': {
      const names = Object.keys(schema.properties)
      return names.length > 0 && names.every(name => isHiddenMember(schema, name, schemas, entered))
    }
    default:
      return false
  }
}
