// How often one URL is delivered to. Asked before anything is looked up, and of every URL, whether it is one or not: an
// answer that it comes too fast says nothing of that.
import { createHash } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { createRateLimits } from '../../rate-limits.ts'
import type { TriggerSettings } from '../settings.ts'

export interface DeliveryRateOptions {
  readonly clock: Clock
  readonly settings: Pick<TriggerSettings, 'deliveriesPerSecond' | 'deliveryBurst'>
}

/** Seconds after which there is room for a delivery at the URL that ends with this; 0: it is let in. */
export type DeliveryRate = (path: string) => number

export function createDeliveryRate({ clock, settings }: DeliveryRateOptions): DeliveryRate {
  const { deliveriesPerSecond: rate, deliveryBurst: burst } = settings
  if (rate === 0) return () => 0
  const turnOf = createRateLimits({ clock, burstMs: (burst / rate) * 1_000, longestWaitMs: 0 })
  return path => {
    // Paths may be long, and hold what a copy of the memory must not tell.
    const turn = turnOf(createHash('sha256').update(path).digest('base64url'), rate)
    if (turn.waitMs > 0) return Math.ceil(turn.waitMs / 1_000)
    turn.take()
    return 0
  }
}
