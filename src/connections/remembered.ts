// What somebody's calls ask for again and again, remembered for seconds: which connection a call means, and that it may
// be used. Kept by the Actor object, which lives for seconds itself and is another one once memberships changed.
import QuickLRU from 'quick-lru'
import type { Clock } from '../clock.ts'
import type { Actor } from '../identity/index.ts'

/** Milliseconds after which what changed on another instance is seen. What changed on this one is seen at once. */
export const rememberedFor = 5_000
const rememberedEach = 100

interface Entry<T> {
  readonly value: Promise<T>
  readonly until: number
}

export interface Remembered<T> {
  /** The remembered value, or the one that `find` gives; what it throws is not remembered. */
  get(actor: Actor, key: string, find: () => Promise<T>): Promise<T>
  /** Forgets everything, also what is being found right now. */
  forget(): void
}

export function createRemembered<T>(clock: Clock): Remembered<T> {
  let byActor = new WeakMap<Actor, QuickLRU<string, Entry<T>>>()
  return {
    get(actor, key, find) {
      const startedIn = byActor
      const entries = startedIn.get(actor) ?? new QuickLRU<string, Entry<T>>({ maxSize: rememberedEach })
      startedIn.set(actor, entries)
      const known = entries.get(key)
      if (known && clock.now() < known.until) return known.value
      // Whoever asks meanwhile waits for the same. Where a change overtakes it, this map is nobody's any more.
      const value = find()
      const entry = { value, until: clock.now() + rememberedFor }
      entries.set(key, entry)
      value.catch(() => {
        if (entries.peek(key) === entry) entries.delete(key)
      })
      return value
    },
    forget() {
      byActor = new WeakMap()
    },
  }
}
