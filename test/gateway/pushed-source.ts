// A stream and a clock that a test drives by hand.
import type { Clock } from '../../src/clock.ts'

/** A source that gives what is pushed; `stop` makes a pending `next` settle. */
export function pushedSource<T>() {
  const waiting: ((result: IteratorResult<T, undefined>) => void)[] = []
  const pushed: T[] = []
  let stops = 0
  const iterator: AsyncIterableIterator<T, undefined> = {
    [Symbol.asyncIterator]: () => iterator,
    next: () => {
      const [value] = pushed.splice(0, 1)
      if (value !== undefined) return Promise.resolve({ done: false, value })
      return new Promise(resolve => {
        waiting.push(resolve)
      })
    },
    return: async () => ({ done: true, value: undefined }),
  }
  return {
    iterator,
    push(value: T) {
      const [resolve] = waiting.splice(0, 1)
      if (resolve) resolve({ done: false, value })
      else pushed.push(value)
    },
    stop() {
      stops++
      for (const resolve of waiting.splice(0)) resolve({ done: true, value: undefined })
    },
    stopped: () => stops > 0,
  }
}

/** Time that passes by hand. */
export function handClock() {
  const due = new Set<() => void>()
  const clock: Clock = {
    now: () => 0,
    after(_milliseconds, callback) {
      due.add(callback)
      return () => due.delete(callback)
    },
  }
  return {
    clock,
    due,
    async pass() {
      for (const callback of [...due]) {
        due.delete(callback)
        callback()
      }
      await new Promise(resolve => setImmediate(resolve))
    },
  }
}
