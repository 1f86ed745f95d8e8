// The receiver: an HTTP request at a webhook's URL flows in; an event in the log, then an answer, flow out. A 2xx to a
// delivery says that the event is stored and will not be lost; what is not stored is refused, so that its sender knows.
// What a webhook declares of its senders is looked at before anything of a delivery is kept, over the bytes as they came.

import { randomUUID } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { isJunctorError } from '../../errors.ts'
import type { Relayed } from '../../invocation/index.ts'
import type { Database } from '../../store/index.ts'
import type { Logger, Metrics } from '../../telemetry/index.ts'
import type { Bus } from '../bus/index.ts'
import {
  type Connectors,
  feedIdOf,
  findTrigger,
  type Tokens,
  type WebhookFeed,
  type WebhookRole,
} from '../feeds/index.ts'
import type { NewEvent } from '../log/index.ts'
import { again, type DeliveryAnswer, ended, paused, type Told, told, tooFast, unverified } from './answers.ts'
import { depthLimit } from './content.ts'
import {
  type Delivery,
  deliveryBodyLimit,
  eventOf,
  type Hidden,
  type OpenDelivery,
  openDelivery,
} from './delivery.ts'
import { deliveryId, longestId } from './delivery-id.ts'
import { createDeliveryLog } from './delivery-log.ts'
import { createDeliveryRate, type DeliveryRateOptions } from './delivery-rate.ts'
import { createGuards, type Guard, type GuardOptions } from './guard.ts'
import { createRelay, type RelayOptions } from './relay.ts'
import { createHandshaker, type HandshakerOptions } from './shake-hands.ts'

export interface ReceiverOptions extends GuardOptions, HandshakerOptions, RelayOptions, DeliveryRateOptions {
  readonly db: Database
  readonly tokens: Tokens
  readonly connectors: Connectors
  readonly bus: Bus
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
}

/** Makes the receiver. It never throws. */
export function createReceiver(options: ReceiverOptions) {
  const { db, tokens, connectors, bus, clock, logger, metrics } = options
  const guardOf = createGuards(options)
  const shakeHands = createHandshaker(options)
  const relay = createRelay(options)
  const log = createDeliveryLog(db)
  const waitOf = createDeliveryRate(options)

  async function receive(request: Delivery): Promise<Told> {
    const wait = waitOf(request.token)
    if (wait > 0) return tooFast(wait)
    // One answer for every token that is not there, found or not found at the same cost.
    const row = await tokens.find(request.token)
    if (!row) return told(404, 'There is no webhook here.', 'unknown')
    if (row.status === 'ENDED') return ended()
    if (request.body.byteLength > deliveryBodyLimit) return tooLarge()
    if (row.status === 'PAUSED' && delivers(request)) return paused()
    return take(row, openDelivery(request))
  }

  async function take(row: WebhookFeed, delivery: OpenDelivery): Promise<Told> {
    const { definition, role } = await findTrigger(connectors, row)
    const webhook: WebhookRole = role.role === 'webhook' ? role : noRole
    const guard = await guardOf(row, definition, webhook)
    const early = await shakeHands(row, guard, delivery, false)
    if (early) return early
    if (!delivers(delivery)) return asked(delivery)
    if (!isVerified(guard, delivery)) return unverified()
    const late = await shakeHands(row, guard, delivery, true)
    if (late) return late
    const keep = (each: OpenDelivery, key: string): Told | Promise<Told> => {
      if (each.body.byteLength > deliveryBodyLimit) return tooLarge()
      if (each.tooDeep()) return told(400, `A delivery's JSON may nest ${depthLimit} deep.`, 'too_deep')
      const event = eventOf(webhook.delivers, each, hiddenBy(guard))
      return store(row, { key, ...event }, each.body.byteLength)
    }
    const key = keyOf(guard, delivery)
    const relayed = await relay(row, definition, delivery)
    return relayed ? keepAll(relayed, delivery, key, keep) : keep(delivery, key)
  }

  /**
   * Each is known by its place among those that one delivery became, so that a repeated delivery brings them once. A
   * hook that refuses the delivery keeps nothing of it.
   */
  async function keepAll(
    { events, answer }: Relayed,
    delivery: OpenDelivery,
    key: string,
    keep: (each: OpenDelivery, key: string) => Told | Promise<Told>,
  ): Promise<Told> {
    if (answer.status >= 300) return told(answer.status, answer.body, 'refused')
    let outcome = 'relayed'
    for (const [index, event] of events.entries()) {
      const kept = await keep(openDelivery({ ...delivery, ...event }), index === 0 ? key : `${key}#${index}`)
      if (kept.answer.status >= 300) return kept
      outcome = kept.outcome
    }
    return told(answer.status, answer.body, outcome)
  }

  function isVerified({ verifier, keys }: Guard, delivery: OpenDelivery): boolean {
    if (verifier === null) return true
    const verdict = verifier.verify(delivery, { ...keys, now: clock.now() })
    metrics.webhookVerifications.inc({ scheme: verifier.scheme, verdict })
    return verdict === 'verified'
  }

  async function store(row: WebhookFeed, event: NewEvent, size: number): Promise<Told> {
    const outcome = await log.append(feedIdOf(row.id), event, size, row.once)
    if (outcome === 'ended') return ended()
    if (outcome === 'paused') return paused()
    if (outcome === 'stored') metrics.events.inc({ connector: metrics.connectorLabel(row.connector) })
    bus.wake(feedIdOf(row.id))
    return told(202, '', outcome)
  }

  return async function answer(delivery: Delivery): Promise<DeliveryAnswer> {
    try {
      const { answer, outcome } = await receive(delivery)
      metrics.webhooks.inc({ outcome })
      return answer
    } catch (error) {
      metrics.webhooks.inc({ outcome: 'failed' })
      logger.error({ error }, 'A webhook delivery could not be stored; the provider is asked to repeat it.')
      const why = isJunctorError(error) ? reasons[error.code] : undefined
      return again(why ?? 'The event could not be stored.', 'failed').answer
    }
  }
}

const delivers = ({ method }: Delivery) => method === 'POST' || method === 'PUT'

/** A request that brings nothing. */
function asked({ method }: Delivery): Told {
  const by = 'This webhook takes deliveries by POST.'
  if (method === 'GET' || method === 'HEAD') return told(200, by, 'reachability')
  return told(405, by, 'method', { allow: 'GET, HEAD, POST, PUT' })
}

const tooLarge = () => told(413, `A delivery may have ${deliveryBodyLimit} bytes.`, 'too_large')

const reasons: Readonly<Record<string, string>> = {
  CONNECTOR_NOT_FOUND: 'The connector of this webhook is not loaded.',
  CONNECTION_INACTIVE: 'The connection of this webhook cannot be used now.',
  HOOK_FAILED: 'The connector of this webhook could not read the delivery.',
}

/** The operation is no webhook any more; what was registered before may still come. */
const noRole: WebhookRole = { role: 'webhook', callbackPaths: [], delivers: 'body', once: false }

/** What would tell readers of events how to send them. */
function hiddenBy({ verifier, keys }: Guard): Hidden {
  const { header } = keys.options
  return {
    headers: header === undefined ? [] : [header],
    content: verifier?.withoutSecret ?? null,
  }
}

/** What names the event: the scheme's id, else what senders use for that, else nothing that repeats. */
function keyOf({ verifier, keys }: Guard, delivery: OpenDelivery): string {
  const own = verifier?.deliveryId(delivery, keys) ?? null
  return own !== null && own !== '' && own.length <= longestId ? own : (deliveryId(delivery) ?? randomUUID())
}
