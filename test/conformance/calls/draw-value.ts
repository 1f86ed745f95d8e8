// A value that a swagger schema allows, drawn by seeded chance.
import fc from 'fast-check'
import type { Json, JsonObject } from '../../../src/json.ts'
import { hostileText, type Place } from './hostile-text.ts'
import { listOf, member, objectOf, own } from './package-text.ts'
import { defaultOf, merged, ofType, typeOf } from './schema-reading.ts'
import type { Chance } from './seeded.ts'

export interface Drawing {
  readonly document: JsonObject
  readonly chance: Chance
  readonly place: Place
  /** `all`: every property, to a depth; `required`: no more than must be. */
  readonly extent: 'all' | 'required'
  /** Requests leave out what is read only; answers hold it. */
  readonly direction: 'request' | 'answer'
  /** A character that no text may hold, since it separates the elements of a list. */
  readonly without?: string
  /** Values still to be drawn with everything optional; then only what must be. */
  readonly budget: { left: number }
}

export const valuesOfAll = 600

/** Optional members are drawn to this depth; required ones further, until a type comes back to itself. */
const depthOfAll = 4
const mostDepth = 12
const textFormats: Readonly<Record<string, (chance: Chance) => string>> = {
  'date-time': chance => `20${10 + chance.below(20)}-03-0${1 + chance.below(9)}T12:34:56.789Z`,
  date: chance => `20${10 + chance.below(20)}-03-0${1 + chance.below(9)}`,
  uuid: chance => `0b5a1c5e-7d3f-4c1a-9b7e-00000000${1000 + chance.below(8999)}`,
  email: chance => `some.one+${chance.below(999)}@example.com`,
  uri: chance => `https://example.com/a%20b?q=${chance.below(999)}&r=%26#f`,
  byte: chance => Buffer.from(`bytes ${chance.below(999)} \u00ff`, 'latin1').toString('base64'),
}

/** Undefined where nothing can be drawn: a type that requires itself. */
export function drawValue(drawing: Drawing, node: Json | undefined, depth = 0): Json | undefined {
  const schema = merged(drawing.document, node)
  drawing.budget.left -= 1
  const allowed = listOf(schema.enum).filter(value => value !== null)
  if (allowed.length > 0) return ofType(drawing.chance.pick(allowed), schema)
  switch (typeOf(schema)) {
    case 'string':
      return drawText(drawing, schema)
    case 'integer':
      return drawInteger(drawing.chance, schema)
    case 'number':
      return drawNumber(drawing.chance, schema)
    case 'boolean':
      return drawing.chance.below(2) === 1
    case 'array':
      return drawArray(drawing, schema, depth)
    case 'object':
      return drawObject(drawing, schema, depth)
    default:
      return depth === 0 ? { any: hostileText(drawing.chance, 'body', { least: 0, most: 40 }) } : 'any'
  }
}

function drawText({ chance, place, without }: Drawing, schema: JsonObject): string {
  if (typeof schema.pattern === 'string')
    return matching(
      schema.pattern,
      { least: Number(schema.minLength ?? 0), most: Number(schema.maxLength ?? 200) },
      chance,
    )
  const format = typeof schema.format === 'string' ? textFormats[schema.format] : undefined
  if (format) return format(chance)
  const most = typeof schema.maxLength === 'number' ? schema.maxLength : 40
  const least = typeof schema.minLength === 'number' ? schema.minLength : 0
  return hostileText(chance, place, { least, most: Math.min(most, least + 40) }, without)
}

function matching(pattern: string, { least, most }: { least: number; most: number }, chance: Chance): string {
  try {
    const texts = fc.sample(fc.stringMatching(new RegExp(pattern)), { numRuns: 50, seed: chance.below(1e9) })
    return (
      texts.find(text => /^[\x20-\x7e]+$/.test(text) && text.length >= least && text.length <= most) ?? 'x'
    )
  } catch {
    return 'x'.repeat(Math.max(1, least))
  }
}

function bounds(schema: JsonObject, least: number, most: number): { least: number; most: number } {
  const { minimum, maximum } = schema
  const low = typeof minimum === 'number' ? minimum + (schema.exclusiveMinimum === true ? 1 : 0) : null
  const high = typeof maximum === 'number' ? maximum - (schema.exclusiveMaximum === true ? 1 : 0) : null
  if (low !== null) return { least: low, most: high ?? low + most }
  return { least: high === null ? least : Math.min(least, high), most: high ?? most }
}

function drawInteger(chance: Chance, schema: JsonObject): number | bigint {
  const open = schema.minimum === undefined && schema.maximum === undefined
  if (schema.format === 'int64' && open) return 9_007_199_254_740_993n + BigInt(chance.below(1000))
  const { least, most } = bounds(schema, -1000, 100_000)
  const step = typeof schema.multipleOf === 'number' ? schema.multipleOf : 1
  const value = Math.ceil(least) + chance.below(Math.max(1, Math.min(100_000, Math.floor(most - least) + 1)))
  return Math.ceil(value / step) * step
}

function drawNumber(chance: Chance, schema: JsonObject): number {
  const { least, most } = bounds(schema, -1000, 1000)
  if (most - least < 1) return least
  return Math.floor(least) + 1 + chance.below(Math.max(1, Math.min(1000, most - least - 1))) - 0.25
}

function drawArray(drawing: Drawing, schema: JsonObject, depth: number): Json {
  const least = typeof schema.minItems === 'number' ? schema.minItems : 0
  const wanted = drawing.budget.left < 0 ? 0 : drawing.extent === 'all' && depth < 3 ? 2 : 1
  const most = typeof schema.maxItems === 'number' ? schema.maxItems : Math.max(least, wanted)
  if (depth >= mostDepth) return []
  const count = Math.min(most, Math.max(least, schema.uniqueItems === true ? 1 : wanted))
  return Array.from({ length: count }, () =>
    drawValue(drawing, own(schema, 'items') ?? {}, depth + 1),
  ).filter(value => value !== undefined)
}

function drawObject(drawing: Drawing, schema: JsonObject, depth: number): Json | undefined {
  if (depth >= mostDepth) return undefined
  const required = new Set(listOf(schema.required))
  const isAll = drawing.extent === 'all' && drawing.budget.left >= 0
  const properties = Object.entries(member(schema, 'properties'))
  const members = properties.flatMap(([name, property]): [string, Json][] => {
    const isWanted = required.has(name) || (isAll && depth < depthOfAll)
    if (!isWanted || (drawing.direction === 'request' && isLeftOut(drawing, property, required.has(name))))
      return []
    const value = drawValue(drawing, property, depth + 1)
    const isHollow = isEmpty(value) && !required.has(name) && typeof property === 'object'
    return value === undefined || (isHollow && drawing.direction === 'request') ? [] : [[name, value]]
  })
  if (properties.length === 0 && schema.additionalProperties !== false && isAll && depth < depthOfAll)
    for (const name of ['key one', 'k/2'])
      members.push([name, drawValue(drawing, objectOf(schema.additionalProperties), depth + 1) ?? 'x'])
  return Object.fromEntries(members)
}

/** Nothing in it is the caller's to give. */
export function isEmpty(value: Json | undefined): boolean {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
  )
}

/** Not the caller's to give, or not needed: what is read only, constants, and defaults where only what must be is given. */
function isLeftOut({ document, extent }: Drawing, property: Json, isRequired: boolean): boolean {
  const schema = { ...merged(document, property), ...objectOf(property) }
  if (schema.readOnly === true) return true
  if (!isRequired || defaultOf(schema) === undefined) return false
  return extent === 'required' || String(schema['x-ms-visibility']).toLowerCase() === 'internal'
}
