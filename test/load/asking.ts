// What a caller asks, and what it was told: both sides of the pipe to the process of the callers.
import { z } from 'zod'

/** A connection that somebody calls through. */
const account = z.object({ connection: z.string(), account: z.string() })

export const plan = z.object({
  url: z.string(),
  seed: z.string(),
  callers: z.number(),
  seconds: z.number(),
  /** Milliseconds from an answer to the caller's next question, on average. */
  pause: z.number(),
  /** How long behind the end a caller waits for its last answer. */
  patience: z.number(),
  /** Who is signed in, and the connections of each. Callers take turns to be one of them. */
  people: z
    .array(z.object({ headers: z.record(z.string(), z.string()), accounts: z.array(account).min(1) }))
    .min(1),
})

/** What came of one root field. */
export const told = z.object({
  call: z.string(),
  mutation: z.boolean(),
  /** `right`: to the letter the answer of this call; `wrong`: anything else that is no error. */
  outcome: z.enum(['right', 'wrong', 'error', 'left']),
  code: z.string(),
  status: z.number().nullable(),
  /** What was wrong, or the error's words. */
  text: z.string(),
  milliseconds: z.number(),
})

export type Plan = z.infer<typeof plan>
export type Told = z.infer<typeof told>
