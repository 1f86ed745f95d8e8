import { setTimeout as pause } from 'node:timers/promises'
import type { Contender } from './contenders.ts'
import { bodyOf } from './messages.ts'

export interface Steady {
  readonly seconds: number
  /** At most. */
  readonly eventsPerSecond: number
}

export const eventsOf = ({ seconds, eventsPerSecond }: Steady) => seconds * eventsPerSecond

/** Resolves once all are made. */
export async function publishSteadily({ publish }: Contender, steady: Steady): Promise<void> {
  const sent: Promise<void>[] = []
  for (let n = 0; n < eventsOf(steady); n++) {
    sent.push(publish(bodyOf(n, performance.timeOrigin + performance.now())))
    await pause(1000 / steady.eventsPerSecond)
  }
  await Promise.all(sent)
}
