// Chance that is the same in every run: mulberry32, seeded by a text.
import { createHash } from 'node:crypto'

export interface Chance {
  /** An integer in [0, below). */
  below(below: number): number
  pick<T>(values: readonly [T, ...T[]] | readonly T[]): T
}

export function seeded(text: string): Chance {
  let state = createHash('sha256').update(text).digest().readUInt32LE(0)
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (most: number) => Math.floor(next() * most)
  return { below, pick: values => values[below(values.length)]! }
}
