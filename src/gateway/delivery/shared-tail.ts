// The end of a feed's log for all who select the same of it: one reader, one look at access for each person, one
// execution, one payload. It waits for nobody: a client that has not taken enough is left to read the log by itself.
import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../../clock.ts'
import type { Actor } from '../../identity/index.ts'
import type { LoggedEvent } from '../../triggers/index.ts'
import type { Access, Looked, Person } from './access.ts'
import { type Payloads, recipeFor } from './payloads.ts'
import type { Seat } from './seat.ts'
import type { Payload } from './sink.ts'

/** Milliseconds from one look at an idle stream's access to the next. */
const idleLook = 15_000
/** Clients that are sent to in one go before others get their turn of the process. */
const atOnce = 200

export interface TailOptions {
  readonly access: Access
  readonly payloads: Payloads
  readonly clock: Clock
  /** It has no seats any more, and takes none. */
  readonly ended: () => void
}

export interface SharedTail {
  /** False where the seat's next event was pushed already. */
  take(seat: Seat): boolean
  leave(seat: Seat): void
}

interface Group {
  readonly person: Person
  readonly seats: Set<Seat>
}

/** A tail that begins where `first` stands, and has it. */
export function startTail(first: Seat, options: TailOptions): SharedTail {
  const { access, payloads, clock } = options
  const people = new Map<string, Group>()
  const seats = new Set<Seat>()
  const ending = new AbortController()
  let position = first.position
  let cancelLook = clock.after(idleLook, look)

  function take(seat: Seat): boolean {
    if (ending.signal.aborted || seat.position < position) return false
    const group = people.get(seat.person.key) ?? { person: seat.person, seats: new Set() }
    people.set(seat.person.key, group)
    group.seats.add(seat)
    seats.add(seat)
    return true
  }

  function leave(seat: Seat): void {
    if (!seats.delete(seat)) return
    const group = people.get(seat.person.key)
    group?.seats.delete(seat)
    if (group?.seats.size === 0) people.delete(seat.person.key)
    if (seats.size > 0 || ending.signal.aborted) return
    ending.abort()
    cancelLook()
    options.ended()
  }

  /** People who may read now, by person. Those who may not are told, and gone. */
  function sorted(groups: readonly Group[], found: readonly Looked[]): ReadonlyMap<string, Actor> {
    const allowed = new Map<string, Actor>()
    for (const [index, { person, seats: theirs }] of groups.entries()) {
      const answer = found[index]
      if (answer && 'actor' in answer) allowed.set(person.key, answer.actor)
      if (answer && 'refusal' in answer) for (const seat of [...theirs]) seat.fail(answer.refusal)
    }
    return allowed
  }

  async function allowedNow(): Promise<ReadonlyMap<string, Actor>> {
    const groups = [...people.values()]
    const asked = groups.map(({ person }) => person)
    return sorted(groups, await access.wait(first.place, asked, ending.signal))
  }

  function look(): void {
    void allowedNow().finally(() => {
      if (!ending.signal.aborted) cancelLook = clock.after(idleLook, look)
    })
  }

  async function pump(): Promise<void> {
    while (!ending.signal.aborted) {
      const page = await first.subscription.page(position, ending.signal, true)
      if (ending.signal.aborted) return
      if (!page) {
        // Complete: each finds that out by itself.
        for (const seat of [...seats]) giveBack(seat)
        return
      }
      const allowed = await allowedNow()
      for (const event of page) {
        if (ending.signal.aborted) return
        await push(event, allowed)
      }
    }
  }

  async function push(event: LoggedEvent, allowed: ReadonlyMap<string, Actor>): Promise<void> {
    const choices = choicesOf(event)
    // A personal selection is one person's.
    const [actor] = allowed.values()
    const wanted = [...choices.values()].includes(true)
    const payload = wanted ? await payloads.of(recipeFor(first.recipe, actor), event) : null
    position = event.sequence
    let told = 0
    for (const seat of seats) {
      if (seat.position >= event.sequence) continue
      tell(seat, event, choices.get(keyOf(seat)), allowed.has(seat.person.key) ? payload : undefined)
      if (++told % atOnce === 0) await turn()
    }
  }

  /**
   * Who came after access was looked at, or with another filter than there were, reads this event by themselves: then
   * `payload` or `chosen` is undefined.
   */
  function tell(
    seat: Seat,
    event: LoggedEvent,
    chosen: boolean | undefined,
    payload: Payload | null | undefined,
  ): void {
    if (chosen === undefined || payload === undefined) {
      giveBack(seat)
      return
    }
    seat.position = event.sequence
    if (chosen && payload && !seat.send(payload)) giveBack(seat)
  }

  /** By filter, whether it chooses the event. */
  function choicesOf(event: LoggedEvent): ReadonlyMap<string, boolean> {
    const choices = new Map<string, boolean>()
    for (const seat of seats) {
      const key = keyOf(seat)
      if (seat.position < event.sequence && !choices.has(key))
        choices.set(key, seat.filter === null || seat.filter.matches(event))
    }
    return choices
  }

  function giveBack(seat: Seat): void {
    leave(seat)
    seat.back()
  }

  function broken(error: unknown): void {
    for (const seat of [...seats]) {
      leave(seat)
      // Who stands further on than the tail did may not meet what it met.
      if (seat.position > position) seat.back()
      else seat.fail(error)
    }
  }

  take(first)
  void pump().catch(broken)
  return { take, leave }
}

function keyOf({ filter }: Seat): string {
  return filter?.key ?? ''
}
