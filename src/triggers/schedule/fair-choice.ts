// Which of the due feeds are worked on next: organizations take turns, within one its connections do, and no one of
// either takes all the room. Pure: the order of claims can be shown without a clock.

/** Whose work it is. */
export interface Holder {
  readonly organizationId: string
  readonly connectionId: string | null
}

export interface Room {
  /** Pieces of work at once. */
  readonly capacity: number
  /** What is under way. */
  readonly running: readonly Holder[]
}

/** With less room than this nothing is kept free. */
const smallest = 8

/**
 * Picks from `due` (the longest overdue first) for the free room. Whoever has least under way is next. What somebody
 * may have is half of what they and nobody have together, so that however slow the API of one is, there is room for
 * the next who comes: an organization of all the room, a connection of its organization's.
 */
export function fairChoice<T extends Holder>(due: readonly T[], { capacity, running }: Room): readonly T[] {
  const turns = turnsOf(due)
  const held = new Map<string, number>()
  const count = (key: string) => held.get(key) ?? 0
  const take = (holder: Holder) => {
    for (const key of [organizationKey(holder), connectionKey(holder)]) held.set(key, count(key) + 1)
  }
  for (const holder of running) take(holder)
  const chosen: T[] = []
  for (;;) {
    const free = capacity - running.length - chosen.length
    if (free <= 0) return chosen
    const organization = least(
      [...turns.values()],
      each => count(each.key),
      each => hasRoom(each, free),
    )
    const connection = organization && nextOf(organization, free)
    const feed = connection?.due[connection.next++]
    if (!feed) return chosen
    take(feed)
    chosen.push(feed)
  }

  function hasRoom(organization: Turns<T>, free: number): boolean {
    return (
      count(organization.key) < share(capacity, free, count(organization.key)) &&
      nextOf(organization, free) !== null
    )
  }

  function nextOf({ key, connections }: Turns<T>, free: number): Queue<T> | null {
    const whole = share(capacity, free, count(key))
    const left = whole - count(key)
    return least(
      [...connections.values()],
      each => count(each.key),
      each => each.next < each.due.length && count(each.key) < share(whole, left, count(each.key)),
    )
  }
}

interface Queue<T> {
  readonly key: string
  readonly due: T[]
  next: number
}

interface Turns<T> {
  readonly key: string
  readonly connections: Map<string, Queue<T>>
}

function turnsOf<T extends Holder>(due: readonly T[]): Map<string, Turns<T>> {
  const turns = new Map<string, Turns<T>>()
  for (const feed of due) {
    const key = organizationKey(feed)
    const { connections } = turns.get(key) ?? { connections: new Map<string, Queue<T>>() }
    turns.set(key, { key, connections })
    const inner = connectionKey(feed)
    const queue = connections.get(inner) ?? { key: inner, due: [], next: 0 }
    queue.due.push(feed)
    connections.set(inner, queue)
  }
  return turns
}

/** Half of what somebody holds and nobody does; at least one; all of little. */
function share(capacity: number, free: number, held: number): number {
  return capacity < smallest ? capacity : Math.max(1, Math.floor((free + held) / 2))
}

/** The first of those with the smallest measure. */
function least<T>(all: readonly T[], measure: (one: T) => number, may: (one: T) => boolean): T | null {
  let found: T | null = null
  for (const one of all) if (may(one) && (found === null || measure(one) < measure(found))) found = one
  return found
}

function organizationKey({ organizationId }: Holder): string {
  return organizationId
}

function connectionKey({ organizationId, connectionId }: Holder): string {
  return `${organizationId} ${connectionId ?? ''}`
}
