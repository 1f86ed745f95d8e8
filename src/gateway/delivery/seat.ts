// One subscription's way through its feed: it reads the log by itself until it is at the end, then the shared tail
// pushes to it. A client that does not keep up is back at the log, and one that takes nothing for long is dropped.
import type { Clock } from '../../clock.ts'
import type { LoggedEvent, Subscription } from '../../triggers/index.ts'
import type { Access, Person, Place } from './access.ts'
import { type Payloads, type Recipe, recipeFor } from './payloads.ts'
import type { Payload, Sending, Sink } from './sink.ts'

/** Milliseconds that a client may take nothing at all. */
export const patience = 15_000
const tooSlow = 'Too slow: reconnect, and pass your last cursor as `after`.'

/** Chooses events; equal keys choose alike. */
export interface Filter {
  readonly key: string
  readonly matches: (event: LoggedEvent) => boolean
}

/** What a shared tail sees of a subscription. */
export interface Seat {
  readonly recipe: Recipe
  readonly place: Place
  readonly person: Person
  readonly filter: Filter | null
  readonly subscription: Pick<Subscription, 'page'>
  /** Sequence of the last event that was sent, or passed by. */
  position: number
  /** False where the client should be given no more for now. */
  send(payload: Payload): boolean
  /** The tail pushes no more: the subscription reads on by itself. */
  back(): void
  fail(error: unknown): void
}

export interface Tails {
  /** True where a tail has the seat now, which must stand at its place or before it; `start` makes one for it. */
  take(seat: Seat, start: boolean): boolean
  leave(seat: Seat): void
}

export interface SeatOptions {
  readonly recipe: Recipe
  readonly place: Place
  readonly person: Person
  readonly filter: Filter | null
  readonly subscription: Pick<Subscription, 'page' | 'position' | 'leave'>
  readonly sink: Sink
  readonly tails: Tails
  readonly access: Access
  readonly payloads: Payloads
  readonly clock: Clock
  readonly opened: () => void
  readonly closed: () => void
  /** An event went to the sink. */
  readonly sent: () => void
  readonly fellBehind: () => void
  readonly dropped: () => void
}

/** Nothing is sent before the first `next()`, which settles when the subscription is over: it yields no values. */
export function takeSeat(options: SeatOptions): Sending {
  const { sink, tails, access, payloads, clock, subscription, recipe, place, person, filter } = options
  const end = Promise.withResolvers<void>()
  let over = false
  let started = false
  let full = false
  let resume: () => void = () => undefined
  let reading: AbortController | null = null

  const seat: Seat = {
    recipe,
    place,
    person,
    filter,
    subscription,
    position: subscription.position,
    send(payload) {
      full = !sink.send(payload)
      options.sent()
      return !full
    },
    back: () => resume(),
    fail: error => finish(() => end.reject(error)),
  }

  function finish(settle: () => void): void {
    if (over) return
    over = true
    tails.leave(seat)
    subscription.leave()
    reading?.abort()
    resume()
    options.closed()
    settle()
  }

  async function run(): Promise<void> {
    while (!over) {
      if (full && !(await drained())) return drop()
      if (over) return
      if (tails.take(seat, false)) await untilBack()
      else await readOn()
    }
  }

  function untilBack(): Promise<void> {
    return new Promise(resolve => {
      resume = resolve
    })
  }

  /** False where the client took nothing in all its time. */
  async function drained(): Promise<boolean> {
    options.fellBehind()
    const late = Promise.withResolvers<boolean>()
    const cancel = clock.after(patience, () => late.resolve(false))
    const taken = await Promise.race([sink.drained().then(() => true), late.promise])
    cancel()
    if (taken) full = false
    return taken
  }

  function drop(): void {
    if (over) return
    options.dropped()
    finish(() => end.resolve())
    sink.drop(tooSlow)
  }

  /** One page of the log; at its end the tail takes over. */
  async function readOn(): Promise<void> {
    reading = new AbortController()
    const { signal } = reading
    const page = await subscription.page(seat.position, signal, false)
    if (over) return
    if (!page) return finish(() => end.resolve())
    if (page.length === 0) {
      if (tails.take(seat, true)) await untilBack()
      return
    }
    const now = await allowed(signal)
    for (const event of page) {
      if (over) return
      await tell(event, now)
      // A slow client holds no page while it is waited for.
      if (full) return
    }
  }

  async function tell(event: LoggedEvent, now: Recipe): Promise<void> {
    if (filter === null || filter.matches(event)) {
      const payload = await payloads.of(now, event)
      if (over) return
      seat.send(payload)
    }
    seat.position = event.sequence
  }

  /** The payloads' recipe for this person as they are now. Throws the refusal where they may not read any more. */
  async function allowed(signal: AbortSignal): Promise<Recipe> {
    const [looked] = await access.wait(place, [person], signal)
    if (looked && 'refusal' in looked) throw looked.refusal
    return recipeFor(recipe, looked?.actor)
  }

  options.opened()
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next() {
      if (!started) {
        started = true
        run().catch(seat.fail)
      }
      return end.promise.then(() => ({ done: true, value: undefined }))
    },
    async return() {
      finish(() => end.resolve())
      return { done: true, value: undefined }
    },
  }
}
