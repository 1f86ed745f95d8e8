// One feed's log and what its subscribers saw, against what the provider gave.

export interface Logged {
  readonly key: string
  readonly n: number
}

export interface FeedOutcome {
  readonly name: string
  readonly log: readonly Logged[]
  readonly items: number
  /** True where the provider gave the items in order. */
  readonly inOrder: boolean
  /** Deliveries that were answered with a 2xx. */
  readonly taken: ReadonlySet<number>
  /** What each subscriber saw, in its order. */
  readonly seen: readonly (readonly number[])[]
}

/** What is wrong, in sentences; empty where everything is as it should be. */
export function verdict({ name, log, items, inOrder, taken, seen }: FeedOutcome): string[] {
  const numbers = log.map(({ n }) => n)
  const times = new Map<number, number>()
  for (const n of numbers) times.set(n, (times.get(n) ?? 0) + 1)
  const faults: string[] = []
  for (let n = 1; n <= items; n++)
    if (times.get(n) !== 1)
      faults.push(
        `${name}: item ${n} is ${times.get(n) ?? 0} times in the log${taken.has(n) ? ', and was answered with a 2xx' : ''}.`,
      )
  if (times.size > items) faults.push(`${name}: the log holds what the provider never gave.`)
  if (inOrder) {
    const wrong = numbers.findIndex((n, index) => index > 0 && n <= (numbers[index - 1] ?? 0))
    if (wrong > 0) faults.push(`${name}: item ${numbers[wrong]} is behind ${numbers[wrong - 1]} in the log.`)
  }
  seen.forEach((those, subscriber) => {
    const at = those.findIndex((n, index) => n !== numbers[index])
    if (at >= 0 || those.length !== numbers.length)
      faults.push(
        `${name}: subscriber ${subscriber} saw ${those.length} events, and the log has ${numbers.length}; they part at ${at}.`,
      )
  })
  return faults
}
