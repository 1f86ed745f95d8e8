// Work on a leased webhook feed: register where it starts, unregister where it ended or was paused.
import { eq } from 'drizzle-orm'
import { isJunctorError } from '../errors.ts'
import { schema } from '../store/index.ts'
import type { Logger } from '../telemetry/index.ts'
import type { Bus } from './bus/contract.ts'
import type { FeedRow } from './feed-row.ts'
import type { FeedUpdate, Lease, Leases } from './lease.ts'
import { secondsFromNow } from './moments.ts'
import { backoff } from './schedule.ts'
import type { FeedSeal } from './seal.ts'
import type { TriggerSettings } from './settings.ts'
import { type Connectors, findTrigger, registersByCall, type Trigger, type WebhookRole } from './trigger.ts'
import type { Address, createRegistration } from './webhook/registration.ts'
import type { Tokens } from './webhook/token.ts'

const { feed } = schema

export interface WebhookWorkOptions {
  readonly leases: Leases
  readonly registration: ReturnType<typeof createRegistration>
  readonly connectors: Connectors
  readonly tokens: Tokens
  readonly seal: FeedSeal
  readonly bus: Bus
  readonly logger: Logger
  readonly settings: TriggerSettings
}

export type WebhookWork = ReturnType<typeof createWebhookWork>

/** Seconds between the first and the second try to unregister; doubled for each further. */
const unregisterDelaySeconds = 5
/** How long a registration that came too late may take to be deleted. */
const abandonSeconds = 10

export function createWebhookWork(options: WebhookWorkOptions) {
  const { leases, registration, connectors, tokens, seal, bus, logger, settings } = options
  const column = (row: FeedRow) =>
    ({ feedId: row.id, organizationId: row.organizationId, column: 'registration' }) as const
  const locationOf = (row: FeedRow) =>
    row.registration === null ? null : seal.open(row.registration, column(row))

  async function settle(lease: Lease, outcome: FeedUpdate): Promise<boolean> {
    const settled = await leases.settle(lease, outcome)
    if (settled) bus.wake(lease.feedId)
    return settled
  }

  /** Throws what the call throws: the worker records it and tries again. */
  async function register(
    row: FeedRow,
    trigger: Trigger & { readonly role: WebhookRole },
    lease: Lease,
    signal: AbortSignal,
  ): Promise<void> {
    const active = { status: 'ACTIVE', statusReason: null, consecutiveFailures: 0, nextDueAt: null } as const
    if (!registersByCall(trigger)) {
      await settle(lease, active)
      return
    }
    await dropOld(row, trigger, signal)
    const address = await freshAddress(row, trigger.role, lease)
    if (address === null) return
    const { location } = await registration.register(row, trigger, address, signal)
    const kept = await settle(lease, {
      ...active,
      registered: true,
      registration: location === null ? null : seal.seal(location, column(row)),
    })
    if (!kept && location !== null) await abandon(row, trigger, location)
  }

  /**
   * A URL, and a secret where the hub makes one, that no earlier try told the provider, committed before this one does:
   * where a crash or a lost answer left a registration that nobody knows of, what it delivers finds no feed, and no
   * event comes twice. Null where the lease is lost.
   */
  async function freshAddress(row: FeedRow, role: WebhookRole, lease: Lease): Promise<Address | null> {
    const token = tokens.make(row.id, row.organizationId)
    const secret = role.security?.secret.from === 'hub' ? tokens.secret(row.id, row.organizationId) : null
    const held = await leases.underLease(lease, async transaction => {
      await transaction
        .update(feed)
        .set({ ...token, webhookSecret: secret?.sealed ?? null, registered: false, registration: null })
        .where(eq(feed.id, row.id))
    })
    const url = tokens.url({ ...row, ...token })
    return held && url !== null ? { url, secret: secret?.plain ?? null } : null
  }

  /** The feed was paused, ended or taken over while the provider registered it. Never throws. */
  async function abandon(row: FeedRow, trigger: Trigger, location: string): Promise<void> {
    try {
      await registration.unregister(row, trigger, location, AbortSignal.timeout(abandonSeconds * 1000))
    } catch (error) {
      logger.warn(
        { error, feed: row.id },
        'A webhook was registered too late and could not be deleted at the provider; what it delivers is refused.',
      )
    }
  }

  /** What is left from before a pause or an end would deliver everything twice. */
  async function dropOld(row: FeedRow, trigger: Trigger, signal: AbortSignal): Promise<void> {
    const location = row.registered ? locationOf(row) : null
    if (location === null) return
    try {
      await registration.unregister(row, trigger, location, signal)
    } catch (error) {
      if (signal.aborted || !isJunctorError(error) || error.code === 'CONNECTION_INACTIVE') throw error
      logger.warn(
        { error, feed: row.id },
        'An old webhook registration could not be deleted; a new one is made.',
      )
    }
  }

  /** Never throws for a provider's refusal: it is tried again, and given up with a recorded reason. */
  async function unregister(row: FeedRow, lease: Lease, signal: AbortSignal): Promise<void> {
    const location = locationOf(row)
    if (location === null)
      return giveUp(
        row,
        lease,
        'The provider did not say where its registration lives, so it could not be deleted.',
      )
    try {
      await registration.unregister(row, await findTrigger(connectors, row), location, signal)
    } catch (error) {
      if (signal.aborted) throw error
      return retryOrGiveUp(row, lease, error)
    }
    await settle(lease, { ...unregistered, nextDueAt: againIfRemoved(row) })
  }

  async function retryOrGiveUp(row: FeedRow, lease: Lease, error: unknown): Promise<void> {
    const failures = row.consecutiveFailures + 1
    const why = isJunctorError(error) ? error.message : 'an internal error happened'
    if (!isJunctorError(error)) logger.error({ error, feed: row.id }, 'A webhook could not be unregistered.')
    const hopeless = isJunctorError(error) && error.code === 'EGRESS_REFUSED'
    if (hopeless || failures >= settings.unregisterAttempts)
      return giveUp(row, lease, `The registration could not be deleted at the provider: ${why}`)
    const delay = backoff(
      row.id,
      failures,
      unregisterDelaySeconds * 1000,
      settings.maximumBackoffSeconds * 1000,
    )
    await settle(lease, {
      consecutiveFailures: failures,
      statusReason: `The registration is not deleted at the provider yet: ${why}`,
      nextDueAt: secondsFromNow(delay / 1000),
    })
  }

  async function giveUp(row: FeedRow, lease: Lease, why: string): Promise<void> {
    const late = row.status === 'PAUSED' ? 503 : 410
    const statusReason = `${why} Late deliveries are answered with ${late}.`
    logger.warn({ feed: row.id, connector: row.connector }, statusReason)
    await settle(lease, { ...unregistered, statusReason, nextDueAt: againIfRemoved(row) })
  }

  return { register, unregister, abandon }
}

const unregistered = { registered: false, registration: null, consecutiveFailures: 0 }

/** A deleted feed is due once more: its row goes. */
function againIfRemoved(row: FeedRow) {
  return row.removed ? secondsFromNow(0) : null
}
