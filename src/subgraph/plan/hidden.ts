// Which parts of a request a caller does not see: the hub fills them in, or only answers carry them.
import type { Schema } from '../../definition/index.ts'
import { contentOf, isMarked } from './reference.ts'

type Schemas = Readonly<Record<string, Schema>>
type ObjectSchema = Extract<Schema, { type: 'object' }>

/** The caller gives it, the hub does (a webhook's callback URL, an internal constant), or nobody. */
export type Giver = 'CALLER' | 'HUB' | 'NOBODY'

export interface Givers {
  /** `NOBODY` for what is read only, which means something for members only (OpenAPI 3.0.3, "Schema Object"). */
  ofMember(owner: ObjectSchema, name: string): Giver
  /** Of a parameter's value. */
  ofParameter(schema: Schema): Giver
  /** Of a whole body. A list that no caller could fill is the caller's still: the hub has no list of its own to send. */
  ofBody(schema: Schema): Giver
}

/** Each named schema is looked at once, however many members refer to it. */
export function createGivers(schemas: Schemas): Givers {
  /** Null while it is being found out: a schema within itself hides nothing. */
  const byRef = new Map<string, Giver | null>()

  function ofMember(owner: ObjectSchema, name: string): Giver {
    const schema = owner.properties[name]
    if (!schema) return 'CALLER'
    // connector-format §2.2
    if (schema.visibility === 'internal' && schema.default !== undefined && owner.required.includes(name))
      return 'HUB'
    return isMarked(schema, 'readOnly', schemas) ? 'NOBODY' : ofValue(schema)
  }

  function ofValue(schema: Schema): Giver {
    // connector-format §5.2
    if (schema.notificationUrl) return 'HUB'
    if (schema.dynamicSchema) return 'CALLER'
    switch (schema.type) {
      case 'ref':
        return ofReference(schema.ref)
      case 'array':
        return ofValue(schema.items)
      case 'object':
        return ofMembers(schema)
      default:
        return 'CALLER'
    }
  }

  function ofReference(ref: string): Giver {
    const known = byRef.get(ref)
    if (known !== undefined) return known ?? 'CALLER'
    const target = Object.hasOwn(schemas, ref) ? schemas[ref] : undefined
    if (!target) return 'CALLER'
    byRef.set(ref, null)
    const giver = ofValue(target)
    byRef.set(ref, giver)
    return giver
  }

  /** An object is hidden where all of its members are. */
  function ofMembers(schema: ObjectSchema): Giver {
    let giver: Giver | null = null
    for (const name of Object.keys(schema.properties)) {
      const member = ofMember(schema, name)
      if (member === 'CALLER') return 'CALLER'
      if (giver !== 'HUB') giver = member
    }
    return giver ?? 'CALLER'
  }

  return {
    ofMember,
    ofParameter: schema => (isMarked(schema, 'notificationUrl', schemas) ? 'HUB' : 'CALLER'),
    ofBody(schema) {
      const giver = ofValue(schema)
      return giver === 'NOBODY' && contentOf(schema, schemas)?.type !== 'object' ? 'CALLER' : giver
    },
  }
}
