// The API of the simulation: numbered items that come with time, two at a poll, and a look at who asks when.
import type { InvocationResult } from '../../../src/invocation/index.ts'
import type { Machine, Process } from './machine.ts'

export const origin = 'https://numbers.example.com'
export const itemsOfFeed = 8
const batch = 2
const millisecondsOfItem = 900

export interface SimProvider {
  /** What a hub did that it must not, in sentences. */
  readonly faults: string[]
  /** The request arrives at once and is answered in no time; the answer is delivered when the process runs. */
  call(from: Process, feed: string, url: URL | null, signal: AbortSignal): Promise<InvocationResult>
}

export function createSimProvider(machine: Machine): SimProvider {
  const start = machine.now()
  const underWay = new Map<string, number>()
  const furthest = new Map<string, number>()
  const faults: string[] = []

  return {
    faults,
    call(from, feed, url, signal) {
      signal.throwIfAborted()
      const place = Number(url?.searchParams.get('from') ?? 0)
      const before = underWay.get(feed) ?? 0
      if (before > 0) faults.push(`${from.name} polled ${feed} while it was polled already.`)
      if (place < (furthest.get(feed) ?? 0))
        faults.push(`${from.name} polled ${feed} from ${place} after ${furthest.get(feed)}.`)
      furthest.set(feed, Math.max(place, furthest.get(feed) ?? 0))
      underWay.set(feed, before + 1)
      const { promise, resolve, reject } = Promise.withResolvers<InvocationResult>()
      signal.addEventListener('abort', () => reject(signal.reason))
      machine.promptly(() => {
        underWay.set(feed, (underWay.get(feed) ?? 0) - 1)
        const answer = answerTo(place)
        machine.deliver(from, () => resolve(answer))
      })
      return promise
    },
  }

  function answerTo(place: number): InvocationResult {
    const released = Math.min(itemsOfFeed, Math.floor((machine.now() - start) / millisecondsOfItem))
    const to = Math.min(place + batch, released)
    const some = to > place
    return {
      status: some ? 200 : 202,
      headers: {
        location: `/poll?from=${Math.max(to, place)}`,
        'retry-after': some && to < released ? '0' : '1',
      },
      body: some ? Array.from({ length: to - place }, (_, index) => ({ n: place + index + 1 })) : null,
      url: new URL('/poll', origin),
    }
  }
}
