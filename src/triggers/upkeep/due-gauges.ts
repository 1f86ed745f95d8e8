// How much work is due and for how long it has been, for whoever runs the hub: every instance tells the same.
import { sql } from 'drizzle-orm'
import type { Clock } from '../../clock.ts'
import type { Database } from '../../store/index.ts'
import type { Logger, Metrics } from '../../telemetry/index.ts'
import type { TriggerSettings } from '../settings.ts'
import { every } from '../time/index.ts'

export interface DueGaugesOptions {
  readonly db: Database
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  readonly settings: TriggerSettings
}

export function createDueGauges({ db, clock, logger, metrics, settings }: DueGaugesOptions): AsyncDisposable {
  async function look(): Promise<void> {
    const { rows } = await db.execute<{ due: number; age: number }>(sql`
      select count(*)::int as due, coalesce(extract(epoch from now() - min(next_due_at)), 0)::float8 as age
      from feed where next_due_at <= now() and (lease_expires_at is null or lease_expires_at <= now())`)
    metrics.feedsDue.set(rows[0]?.due ?? 0)
    metrics.oldestDueSeconds.set(rows[0]?.age ?? 0)
  }

  return every(settings.gaugeSeconds * 1000, clock, async () => {
    try {
      await look()
    } catch (error) {
      logger.warn({ error }, 'How many feeds are due could not be counted; it is tried again.')
    }
  })
}
