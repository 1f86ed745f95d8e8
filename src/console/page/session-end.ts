// The end of a session from outside: signed out in another tab, expired, revoked.
// The page starts anew, because the editor keeps its texts in memory, and remembers why in the tab's history entry.
import { z } from 'zod'

const mark = z.object({ sessionEnded: z.literal(true) })

/** Leaves the workbench for the sign-in form. */
export function startAnewSignedOut(): void {
  window.history.replaceState({ sessionEnded: true }, '')
  window.location.reload()
}

/** True once after `startAnewSignedOut`. */
export function sessionJustEnded(): boolean {
  const ended = mark.safeParse(window.history.state).success
  if (ended) window.history.replaceState(null, '')
  return ended
}
