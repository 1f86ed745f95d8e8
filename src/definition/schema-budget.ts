// How much may be written out: a document of a few lines can stand for more schemas than any memory holds.
import type { Bounds } from './bounds.ts'
import type { Findings } from './findings.ts'
import type { Schema } from './schema-model.ts'

export interface SchemaBudget {
  /** Counts schemas that are written out; false when the definition has had enough of them. */
  spend(count: number): boolean
  /** How many schemas this one is, written out. */
  weight(schema: Schema): number
}

export function createSchemaBudget(bounds: Pick<Bounds, 'schemas'>, findings: Findings): SchemaBudget {
  const weights = new WeakMap<Schema, number>()
  let left = bounds.schemas

  const spend = (count: number) => {
    left -= count
    if (left >= 0) return true
    findings.warning(
      'SCHEMA_SIMPLIFIED',
      `The document has more than ${bounds.schemas} schemas; the rest were read as any JSON.`,
    )
    return false
  }
  const weight = (schema: Schema): number => {
    const known = weights.get(schema)
    if (known !== undefined) return known
    const inner =
      schema.type === 'object'
        ? [...Object.values(schema.properties), ...(schema.additional === null ? [] : [schema.additional])]
        : schema.type === 'array'
          ? [schema.items]
          : []
    const total = inner.reduce((sum, each) => sum + weight(each), 1)
    weights.set(schema, total)
    return total
  }

  return { spend, weight }
}
