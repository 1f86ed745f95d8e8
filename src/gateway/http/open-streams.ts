// What clients have open at once, counted and held to a limit.
import { JunctorError } from '../../errors.ts'

/** Counts one more of this person's streams until what it returns is called. Throws LIMIT_EXCEEDED beyond the limit. */
export type CountStream = (person: string) => () => void

export function createStreamCount(most: number): CountStream {
  const open = new Map<string, number>()
  return person => {
    const count = open.get(person) ?? 0
    if (count >= most)
      throw new JunctorError(
        'LIMIT_EXCEEDED',
        `You have ${most} event streams open, which is as many as the hub allows one person (JUNCTOR_SUBSCRIPTIONS): close some, or subscribe over a WebSocket.`,
      )
    open.set(person, count + 1)
    return () => {
      const left = (open.get(person) ?? 1) - 1
      if (left === 0) open.delete(person)
      else open.set(person, left)
    }
  }
}

export interface SocketSubscriptions {
  /** @param id of an operation that is a subscription. Throws LIMIT_EXCEEDED beyond the limit. */
  add(id: string): void
}

/** @param running the operations that the socket runs now, by id */
export function createSocketSubscriptions(
  most: number,
  running: () => Readonly<Record<string, unknown>>,
): SocketSubscriptions {
  const open = new Set<string>()
  return {
    add(id) {
      // What ended since is found out when that matters.
      if (open.size >= most) for (const each of open) if (!(each in running())) open.delete(each)
      if (open.size >= most && !open.has(id))
        throw new JunctorError(
          'LIMIT_EXCEEDED',
          `This WebSocket has ${most} subscriptions, which is as many as the hub allows one (JUNCTOR_SUBSCRIPTIONS): end some, or open another.`,
        )
      open.add(id)
    },
  }
}
