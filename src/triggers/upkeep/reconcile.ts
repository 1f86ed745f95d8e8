// Once at the start and every hour: webhooks whose next work was forgotten, whichever way that came, are due again, and
// those that a call should have registered and none did. Every instance does it; twice at once does no harm.
import { and, asc, eq, gt, inArray, isNull, not, or, sql } from 'drizzle-orm'
import type { Clock } from '../../clock.ts'
import { isJunctorError } from '../../errors.ts'
import { type Database, schema } from '../../store/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import { type Connectors, type FeedRow, findTrigger, registersByCall } from '../feeds/index.ts'
import type { TriggerSettings } from '../settings.ts'
import { every } from '../time/index.ts'

const { feed } = schema

const batch = 200

export interface ReconcileOptions {
  readonly db: Database
  readonly connectors: Connectors
  readonly clock: Clock
  readonly logger: Logger
  readonly settings: TriggerSettings
  /** Called when feeds are due. */
  readonly due: () => void
}

export function createReconcile(options: ReconcileOptions): AsyncDisposable {
  const { db, connectors, clock, logger, settings, due } = options

  const idle = and(
    eq(feed.kind, 'WEBHOOK'),
    isNull(feed.nextDueAt),
    or(isNull(feed.leaseExpiresAt), sql`${feed.leaseExpiresAt} <= now()`),
  )
  const forgotten = or(
    and(feed.registered, inArray(feed.status, ['ENDED', 'PAUSED'])),
    and(not(feed.once), inArray(feed.status, ['STARTING', 'FAILING', 'NEEDS_AUTHORIZATION'])),
    and(feed.registered, sql`${feed.renewAt} <= now()`),
    and(feed.removed, not(feed.registered)),
  )

  async function dueNow(which: Parameters<typeof and>[0]): Promise<number> {
    const rows = await db
      .update(feed)
      .set({ nextDueAt: sql`now()` })
      .where(and(idle, which))
      .returning({ id: feed.id })
    return rows.length
  }

  /** Told by hand, it is not the hub's to register. */
  async function lacksRegistration(row: FeedRow): Promise<boolean> {
    try {
      return registersByCall(await findTrigger(connectors, row))
    } catch (error) {
      if (!isJunctorError(error)) throw error
      return false
    }
  }

  async function unregistered(): Promise<number> {
    let count = 0
    for (let after: string | null = null; ; ) {
      const active = and(idle, eq(feed.status, 'ACTIVE'), not(feed.registered), not(feed.once))
      const rows: FeedRow[] = await db
        .select()
        .from(feed)
        .where(after === null ? active : and(active, gt(feed.id, after)))
        .orderBy(asc(feed.id))
        .limit(batch)
      for (const row of rows)
        if (await lacksRegistration(row))
          count += await dueNow(and(eq(feed.id, row.id), eq(feed.status, 'ACTIVE'), not(feed.registered)))
      after = rows.at(-1)?.id ?? null
      if (rows.length < batch) return count
    }
  }

  const work = every(settings.reconcileSeconds * 1000, clock, async () => {
    try {
      const count = (await dueNow(forgotten)) + (await unregistered())
      if (count === 0) return
      logger.warn({ count }, 'Webhooks had work that was forgotten; it is done now.')
      due()
    } catch (error) {
      logger.warn({ error }, 'Webhooks could not be reconciled; it is tried again.')
    }
  })
  work.soon()
  return work
}
