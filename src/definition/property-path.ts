// Paths inside values: where a policy's expression points, and what schema stands there.

import type { SchemaReader } from './schema.ts'
import type { Schema } from './schema-model.ts'

/**
 * `@triggerBody().value['odd name'][0]` → ['value', 'odd name', '0']; `@triggerBody()` → []. Null for text that is no
 * such path (connector-format §4.4).
 */
export function expressionPath(expression: string): readonly string[] | null {
  const start = /^\s*@?\{?@?(?:triggerBody|body|item)\(\)/i.exec(expression)
  if (start === null) return null
  const steps: string[] = []
  const step = /\?*\.([\p{L}_][\p{L}\p{N}_]*)|\?*\['([^']*)'\]|\?*\[(\d+)\]/uy
  step.lastIndex = start[0].length
  let end = step.lastIndex
  for (let match = step.exec(expression); match !== null; match = step.exec(expression)) {
    steps.push(match[1] ?? match[2] ?? match[3] ?? '')
    end = step.lastIndex
  }
  return ['', '}'].includes(expression.slice(end).trim()) ? steps : null
}

/** The schema at a path; undefined where nothing is declared there. */
export function schemaAt(schemas: SchemaReader, schema: Schema, path: readonly string[]): Schema | undefined {
  let current: Schema | undefined = schemas.resolve(schema)
  for (const name of path) {
    if (current?.type === 'array') current = current.items
    else if (current?.type === 'object') {
      current = Object.hasOwn(current.properties, name) ? current.properties[name] : undefined
    } else return undefined
    if (current !== undefined) current = schemas.resolve(current)
  }
  return current
}

/** How many schemas the searches of one document may still look at: shared ones multiply without end. */
export interface SearchBudget {
  left: number
}

/** Deeper than any API asks for a URL: the deepest of the catalogue is four levels down (connector-format §5.2). */
const deepest = 16

/** Every path whose schema passes, through objects and arrays (`0` is their first element), no cycle twice. */
export function pathsWhere(
  schemas: SchemaReader,
  schema: Schema,
  passes: (schema: Schema) => boolean,
  budget: SearchBudget,
): readonly (readonly string[])[] {
  const found: (readonly string[])[] = []
  const above = new Set<Schema>()
  const walk = (each: Schema, path: readonly string[]) => {
    budget.left -= 1
    if (budget.left < 0 || path.length > deepest) return
    if (passes(each)) {
      found.push(path)
      return
    }
    const target = schemas.resolve(each)
    if (above.has(target)) return
    above.add(target)
    if (target.type === 'array') walk(target.items, [...path, '0'])
    if (target.type === 'object') {
      for (const [name, property] of Object.entries(target.properties)) walk(property, [...path, name])
    }
    above.delete(target)
  }
  walk(schema, [])
  return found
}
