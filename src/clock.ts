// Time as a dependency, so that tests need no sleeps.

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls back once after `milliseconds`; the returned function cancels. Never keeps the process alive. */
  after(milliseconds: number, callback: () => void): () => void
}

export const systemClock: Clock = {
  now: Date.now,
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
