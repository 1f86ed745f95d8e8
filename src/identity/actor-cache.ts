// Who a credential belongs to, remembered for seconds: checking it in the store costs milliseconds, and a busy
// socket or a GraphQL client asks on every request.
import QuickLRU from 'quick-lru'
import type { Clock } from '../clock.ts'
import type { Actor } from './actor.ts'

const rememberedFor = 15_000
const remembered = 10_000

export interface ActorCache {
  /** The remembered actor, or the one that `find` gives; null is never remembered. */
  get(fingerprint: string, find: () => Promise<Actor | null>): Promise<Actor | null>
  /** Forgets everybody, those included who are being looked up right now. */
  clear(): void
}

export function createActorCache(clock: Clock): ActorCache {
  const entries = new QuickLRU<string, { found: Promise<Actor>; until: number }>({ maxSize: remembered })
  let generation = 0

  async function lookUp(fingerprint: string, find: () => Promise<Actor | null>): Promise<Actor | null> {
    const startedIn = generation
    const actor = await find()
    // A look-up that a sign-out overtook may carry what was true before it.
    if (actor && startedIn === generation) {
      const until = Math.min(clock.now() + rememberedFor, actor.expiresAt)
      entries.set(fingerprint, { found: Promise.resolve(actor), until })
    }
    return actor
  }

  return {
    get(fingerprint, find) {
      const known = entries.get(fingerprint)
      return known && clock.now() < known.until ? known.found : lookUp(fingerprint, find)
    },
    clear() {
      generation += 1
      entries.clear()
    },
  }
}
