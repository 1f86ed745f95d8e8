// A schema with one member of every kind, some under names that GraphQL or JavaScript would rather not have.
import type { Schema } from '../../../src/definition/index.ts'
import { anything, flag, int, list, long, object, ref, text } from './build.ts'

/** `name` is what the schema is called: it refers to itself. */
export function odd(name: string): Schema {
  return object({
    'a-text': text,
    constructor: text,
    toString: anything,
    small: int,
    large: long,
    real: { type: 'number' },
    flag,
    when: { type: 'string', format: 'date-time' },
    any: anything,
    texts: list(text),
    grid: list(list(int)),
    self: ref(name),
    selves: list(ref(name)),
  } as Record<string, Schema>)
}

/** Its members without members of their own, as GraphQL fields. */
export const oddLeaves = 'a_text constructor_ toString_ small large real flag when any texts grid'
