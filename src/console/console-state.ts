// What the page asks first: is somebody signed in, and if not, may an account be created?
import { z } from 'zod'

/** Where the hub answers the state: `GET`, JSON, never cached. Relative to the page, without a leading slash. */
export const consoleStatePath = 'api/console/state'

/** `signupOpen` is true when this visitor may create an account: always (open), or as the first one (first). */
export const consoleState = z.object({
  signedIn: z.boolean(),
  signupOpen: z.boolean(),
  user: z.object({ email: z.string(), name: z.string(), admin: z.boolean() }).nullable(),
  /** Nobody has an account yet: whoever signs up administers the hub. */
  firstAccount: z.boolean(),
})

export type ConsoleState = z.infer<typeof consoleState>
