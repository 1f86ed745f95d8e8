// Who listens to which feed on this instance.
import type { FeedId } from '../feeds/index.ts'

export function createListeners() {
  const byFeed = new Map<string, Set<() => void>>()
  return {
    /** The returned function removes the listener. */
    add(feedId: FeedId, listener: () => void): () => void {
      // A wrapper of its own, so that one function added twice is called, and removed, twice.
      const entry = () => listener()
      const listeners = byFeed.get(feedId) ?? new Set()
      byFeed.set(feedId, listeners.add(entry))
      return () => {
        listeners.delete(entry)
        if (listeners.size === 0 && byFeed.get(feedId) === listeners) byFeed.delete(feedId)
      }
    },
    call(feedId: string): void {
      for (const listener of [...(byFeed.get(feedId) ?? [])]) listener()
    },
    callAll(): void {
      for (const feedId of [...byFeed.keys()]) this.call(feedId)
    },
    clear(): void {
      byFeed.clear()
    },
  }
}
