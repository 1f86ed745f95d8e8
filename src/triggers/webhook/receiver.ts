// The receiver: an HTTP request at a webhook's URL flows in; an event in the log, then an answer, flow out. A 2xx to a
// delivery says that the event is stored and will not be lost; what is not stored is refused, so that its sender knows.

import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { isJunctorError } from '../../errors.ts'
import { type Database, schema } from '../../store/index.ts'
import type { Logger, Metrics } from '../../telemetry/index.ts'
import type { Bus } from '../bus/contract.ts'
import { appendEvents, type NewEvent } from '../event-log.ts'
import { feedIdOf } from '../feed.ts'
import type { FeedRow } from '../feed-row.ts'
import { fenced } from '../lease.ts'
import { type Connectors, findTrigger, type WebhookRole } from '../trigger.ts'
import { type Delivery, deliveryBodyLimit, deliveryId, depthLimit, eventData } from './delivery.ts'
import type { Tokens } from './token.ts'

const { feed } = schema

export interface DeliveryAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface ReceiverOptions {
  readonly db: Database
  readonly tokens: Tokens
  readonly connectors: Connectors
  readonly bus: Bus
  readonly logger: Logger
  readonly metrics: Metrics
}

/** Seconds, in answers that ask for the delivery again. */
const retryAfter = { paused: 300, failed: 10 }

/** Makes the receiver. It never throws. */
export function createReceiver({ db, tokens, connectors, bus, logger, metrics }: ReceiverOptions) {
  async function receive(delivery: Delivery): Promise<{ answer: DeliveryAnswer; outcome: string }> {
    // One answer for every token that is not there, found or not found at the same cost.
    const row = await tokens.find(delivery.token)
    if (!row) return told(404, 'There is no webhook here.', 'unknown')
    if (row.status === 'ENDED') return told(410, 'This webhook has ended.', 'ended')
    if (delivery.method === 'GET' || delivery.method === 'HEAD')
      return told(200, 'This webhook takes deliveries by POST.', 'reachability')
    if (delivery.method !== 'POST' && delivery.method !== 'PUT')
      return told(405, 'This webhook takes deliveries by POST.', 'method', { allow: 'GET, HEAD, POST, PUT' })
    if (delivery.body.byteLength > deliveryBodyLimit)
      return told(413, `A delivery may have ${deliveryBodyLimit} bytes.`, 'too_large')
    if (row.status === 'PAUSED') return paused()
    const role = await webhookRole(row)
    const found = eventData(role.delivers, delivery)
    if (found === 'depth') return told(400, `A delivery's JSON may nest ${depthLimit} deep.`, 'too_deep')
    const event = { key: deliveryId(delivery.headers) ?? randomUUID(), data: found.data }
    return store(row, event, role.once)
  }

  async function store(row: FeedRow, event: NewEvent, once: boolean) {
    const added = await db.transaction(async transaction => {
      const [locked] = await transaction.select().from(feed).where(eq(feed.id, row.id)).for('update')
      if (!locked || locked.status === 'ENDED') return 'ended'
      if (locked.status === 'PAUSED') return 'paused'
      const count = await appendEvents(transaction, locked, [event])
      if (once) await transaction.update(feed).set(answered).where(eq(feed.id, row.id))
      return count
    })
    if (added === 'ended') return told(410, 'This webhook has ended.', 'ended')
    if (added === 'paused') return paused()
    metrics.events.inc({ connector: metrics.connectorLabel(row.connector) }, added)
    bus.wake(feedIdOf(row.id))
    return told(202, '', added === 0 ? 'repeated' : 'stored')
  }

  async function webhookRole(row: FeedRow): Promise<Pick<WebhookRole, 'delivers' | 'once'>> {
    const { role } = await findTrigger(connectors, row)
    return role.role === 'webhook' ? role : { delivers: 'body', once: false }
  }

  return async function answer(delivery: Delivery): Promise<DeliveryAnswer> {
    try {
      const { answer, outcome } = await receive(delivery)
      metrics.webhooks.inc({ outcome })
      return answer
    } catch (error) {
      metrics.webhooks.inc({ outcome: 'failed' })
      logger.error({ error }, 'A webhook delivery could not be stored; the provider is asked to repeat it.')
      const known = isJunctorError(error) && error.code === 'CONNECTOR_NOT_FOUND'
      const why = known ? 'The connector of this webhook is not loaded.' : 'The event could not be stored.'
      return again(why, 'failed').answer
    }
  }
}

/** A webhook action waits for one callback, and this was it. */
const answered = {
  ...fenced,
  status: 'ENDED',
  statusReason: 'The one callback came.',
  endedAt: sql`now()`,
  nextDueAt: null,
  registered: false,
} as const

/** A paused feed collects nothing. Its sender may keep what it has until the feed is resumed. */
const paused = () => again('This webhook is paused.', 'paused')

function again(why: string, outcome: keyof typeof retryAfter) {
  return told(503, `${why} Deliver it again.`, outcome, { 'retry-after': String(retryAfter[outcome]) })
}

function told(status: number, body: string, outcome: string, headers: Readonly<Record<string, string>> = {}) {
  return {
    outcome,
    answer: { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body },
  }
}
