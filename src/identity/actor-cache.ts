// Who a credential belongs to, remembered for seconds: checking it in the store costs milliseconds, and a busy
// socket or a GraphQL client asks on every request.
import QuickLRU from 'quick-lru'
import type { Clock } from '../clock.ts'
import type { Actor } from './actor.ts'

/** Milliseconds. */
const rememberedFor = 15_000
/**
 * Milliseconds after which whoever asks is still answered, and the store is asked meanwhile: nobody waits, and those
 * who came together, as at an event for a thousand people, are not all looked up at the same moment again.
 */
const renewed = { from: 10_000, spread: 4_000 }
const remembered = 10_000

export interface ActorCache {
  /** The remembered actor, or the one that `find` gives; null is never remembered. */
  get(fingerprint: string, find: () => Promise<Actor | null>): Promise<Actor | null>
  /** Forgets everybody, those included who are being looked up right now. */
  clear(): void
}

interface Entry {
  readonly found: Promise<Actor>
  readonly renewAt: number
  readonly until: number
}

export function createActorCache(clock: Clock): ActorCache {
  const entries = new QuickLRU<string, Entry>({ maxSize: remembered })
  let underway = new Map<string, Promise<Actor | null>>()

  function remember(fingerprint: string, actor: Actor | null): void {
    if (!actor) {
      entries.delete(fingerprint)
      return
    }
    const now = clock.now()
    entries.set(fingerprint, {
      found: Promise.resolve(actor),
      renewAt: now + renewed.from + renewed.spread * placeOf(fingerprint),
      until: Math.min(now + rememberedFor, actor.expiresAt),
    })
  }

  function lookUp(fingerprint: string, find: () => Promise<Actor | null>): Promise<Actor | null> {
    const same = underway.get(fingerprint)
    if (same !== undefined) return same
    const startedIn = underway
    const found = find()
      .then(actor => {
        // A look-up that a sign-out overtook may carry what was true before it.
        if (startedIn === underway) remember(fingerprint, actor)
        return actor
      })
      .finally(() => startedIn.delete(fingerprint))
    startedIn.set(fingerprint, found)
    return found
  }

  return {
    get(fingerprint, find) {
      const known = entries.get(fingerprint)
      const now = clock.now()
      if (!known || now >= known.until) return lookUp(fingerprint, find)
      // Where the store does not answer, whoever asks when this entry has run out is told so.
      if (now >= known.renewAt) lookUp(fingerprint, find).catch(() => undefined)
      return known.found
    },
    clear() {
      underway = new Map()
      entries.clear()
    },
  }
}

/** From 0 to 1, the same for the same base64url text. */
function placeOf(fingerprint: string): number {
  return Buffer.from(fingerprint.slice(0, 4), 'base64url').readUInt16BE(0) / 0x10000
}
