// Where a poll stands, as the opaque text in its next URL. It grants nothing: a forged one reads the same table.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type Json, parseJson, printJson } from '../../src/json.ts'
import { badRequest } from './problem.ts'

export interface TriggerState {
  readonly trigger: 'new' | 'updated'
  readonly table: string
  readonly column: string
  /** The greatest value of the column reported so far; null: the table had no rows. */
  readonly after: string | null
  /** Fingerprints of the rows at `after` that were reported. */
  readonly seen: readonly string[]
  /** Set where too many rows share `after`: those up to this key were reported. */
  readonly from: readonly string[] | null
}

/** The state travels in a URL that a response header carries; headers end at 16 KiB. */
export const mostSeen = 500
const fingerprintLength = 8

const stateText = z
  .object({
    v: z.literal(1),
    t: z.enum(['new', 'updated']),
    n: z.string(),
    c: z.string(),
    a: z.string().nullable(),
    /** Fingerprints end to end. */
    s: z
      .string()
      .max(mostSeen * fingerprintLength)
      .regex(/^([\w-]{8})*$/),
    f: z.array(z.string()).nullable(),
  })
  .strict()

export function printTriggerState({ trigger, table, column, after, seen, from }: TriggerState): string {
  const text = printJson({ v: 1, t: trigger, n: table, c: column, a: after, s: seen.join(''), f: from })
  return Buffer.from(text).toString('base64url')
}

/** Throws 400 for a state that is none, or that belongs to another trigger or table. */
export function readTriggerState(
  text: string,
  expected: Pick<TriggerState, 'trigger' | 'table' | 'column'>,
): TriggerState {
  const parsed = stateText.safeParse(decoded(text))
  if (!parsed.success)
    throw badRequest('The triggerState cannot be read; call without it to start at the present.')
  const { t, n, c, a, s, f } = parsed.data
  if (t !== expected.trigger || n !== expected.table || c !== expected.column)
    throw badRequest(
      'The triggerState belongs to another table, column or trigger; call without it to start at the present.',
    )
  const seen = Array.from({ length: s.length / fingerprintLength }, (_, index) =>
    s.slice(index * fingerprintLength, (index + 1) * fingerprintLength),
  )
  return { trigger: t, table: n, column: c, after: a, seen, from: f }
}

function decoded(text: string): Json {
  try {
    return parseJson(Buffer.from(text, 'base64url').toString())
  } catch {
    // Told as a state that cannot be read.
    return null
  }
}

/** 48 bits: among 500 rows of one moment, two alike are not to be expected in the life of a hub. */
export function fingerprint(value: Json): string {
  return createHash('sha256').update(printJson(value)).digest('base64url').slice(0, fingerprintLength)
}
