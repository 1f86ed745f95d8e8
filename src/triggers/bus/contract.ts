// The bus: wakes readers of a feed on every instance. It may lose messages; the log in the store may not.
import type { FeedId } from '../feeds/index.ts'

export interface Bus extends AsyncDisposable {
  /**
   * Says that a feed has something new, on every instance that shares the bus. Never throws and never waits: a lost
   * wake-up costs latency only.
   */
  wake(feedId: FeedId): void
  /**
   * Calls `listener` at each wake-up of the feed, and whenever wake-ups may have been lost. Resolves when wake-ups
   * sent from now on arrive, or when the bus cannot say; the returned function stops it.
   */
  listen(feedId: FeedId, listener: () => void): Promise<() => void>
}
