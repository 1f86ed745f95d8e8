// What a poll by policy leaves for the next.
import { isJsonObject, type Json, type JsonObject } from '../../json.ts'
import type { Marks } from './item-times.ts'

/** Items that are remembered: at least so many, and all of the newest answer. */
const seenLimit = 500

export interface PolicyState {
  /** Query parameter → its evaluated text. */
  readonly parameters: Readonly<Record<string, string>>
  /** Identities of items that were there, newest first: they never fire again. */
  readonly seen: readonly string[]
  readonly marks: Marks
  /** The ETag of the last answer (validator.ts). */
  readonly validator?: JsonObject
  readonly descent?: Descent
}

/**
 * More is new than one poll reads. Nothing is told until the oldest is reached: from there up, each stretch of pages is
 * read again and told, so that events come oldest first and none is left out.
 */
export interface Descent {
  /** Where each further stretch begins, the deepest last. */
  readonly links: readonly string[]
  /** What is below was told: what comes now ends there, and may have grown by what came meanwhile. */
  readonly rising: boolean
  /** How often the API refused a link that it gave. */
  readonly refusals: number
  /** Nothing deeper than the stretch that comes now can be reached. */
  readonly floor: boolean
}

export const noDescent: Descent = { links: [], rising: false, refusals: 0, floor: false }

/** The identities of these items and those from before. */
export function remembered(prints: readonly string[], seen: readonly string[]): readonly string[] {
  return [...new Set([...prints, ...seen])].slice(0, Math.max(seenLimit, prints.length))
}

export function readState(state: Json): PolicyState | null {
  if (!isJsonObject(state)) return null
  const { parameters, seen, marks, validator, descent } = state
  return {
    parameters: entries(parameters, String),
    seen: Array.isArray(seen) ? seen.map(String) : [],
    marks: entries(marks, Number),
    ...(isJsonObject(validator) ? { validator } : {}),
    ...(isJsonObject(descent) ? { descent: readDescent(descent) } : {}),
  }
}

export function stateJson({ parameters, seen, marks, validator, descent }: PolicyState): JsonObject {
  return {
    parameters,
    seen,
    marks,
    ...(validator ? { validator } : {}),
    ...(descent ? { descent: { ...descent } } : {}),
  }
}

function readDescent({ links, rising, refusals, floor }: JsonObject): Descent {
  return {
    links: Array.isArray(links) ? links.map(String) : [],
    rising: rising === true,
    refusals: Number(refusals ?? 0),
    floor: floor === true,
  }
}

function entries<T>(value: Json | undefined, of: (value: Json) => T): Record<string, T> {
  const members = isJsonObject(value) ? Object.entries(value) : []
  return Object.fromEntries(members.map(([name, each]) => [name, of(each)]))
}
