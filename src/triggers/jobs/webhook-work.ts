// Work on a leased webhook feed: register where it starts, unregister where it ended or was paused.
import { eq, sql } from 'drizzle-orm'
import type { Clock } from '../../clock.ts'
import { isJunctorError } from '../../errors.ts'
import { schema } from '../../store/index.ts'
import type { Logger, Metrics } from '../../telemetry/index.ts'
import type { Bus } from '../bus/index.ts'
import {
  type Connectors,
  type FeedRow,
  type FeedSeal,
  type FeedUpdate,
  findTrigger,
  registersByCall,
  type Tokens,
  type Trigger,
  type WebhookRole,
  withHole,
} from '../feeds/index.ts'
import { backoff, type Lease, type Leases } from '../schedule/index.ts'
import type { TriggerSettings } from '../settings.ts'
import { secondsFromNow } from '../time/index.ts'
import { type Address, type createRegistration, type Registered, renewalOf } from '../webhook/index.ts'
import type { Held } from './held.ts'

const { feed } = schema

export interface WebhookWorkOptions {
  readonly leases: Leases
  readonly registration: ReturnType<typeof createRegistration>
  readonly connectors: Connectors
  readonly tokens: Tokens
  readonly seal: FeedSeal
  readonly bus: Bus
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  readonly settings: TriggerSettings
}

export type WebhookWork = ReturnType<typeof createWebhookWork>

/** Seconds between the first and the second try to unregister; doubled for each further. */
const unregisterDelaySeconds = 5
/** How long a registration that came too late may take to be deleted. */
const abandonSeconds = 10

export function createWebhookWork(options: WebhookWorkOptions) {
  const { leases, registration, connectors, tokens, seal, bus, clock, logger, metrics, settings } = options
  const column = (row: FeedRow) =>
    ({ feedId: row.id, organizationId: row.organizationId, column: 'registration' }) as const
  /** The registration that counts, and then what is left of those it replaced. */
  const locationsOf = (row: FeedRow): readonly string[] =>
    row.registration === null ? [] : seal.open(row.registration, column(row)).split('\n')
  const locationOf = (row: FeedRow) => locationsOf(row)[0] || null

  /** The column for `locationsOf`: a URL has no line breaks. */
  function locations(row: FeedRow, current: string | null, left: readonly string[]): string | null {
    if (current === null && left.length === 0) return null
    return seal.seal([current ?? '', ...left].join('\n'), column(row))
  }

  async function settle(lease: Lease, outcome: FeedUpdate): Promise<boolean> {
    const settled = await leases.settle(lease, outcome)
    if (settled) bus.wake(lease.feedId)
    return settled
  }

  /**
   * Throws what the call throws: the worker records it and tries again.
   * @param gap what is registered already goes first, and readers are told that events may be missing from then on
   */
  async function register(
    row: FeedRow,
    trigger: Trigger & { readonly role: WebhookRole },
    held: Held,
    gap = false,
  ): Promise<void> {
    const { lease } = held
    if (!registersByCall(trigger)) {
      await settle(lease, { ...active, nextDueAt: null })
      return
    }
    if (row.registered) await dropAll(row, trigger, locationsOf(row), held)
    const address = await freshAddress(row, trigger.role, lease, gap ? { lastSequence: withHole } : {})
    if (address === null) return
    const made = await registration.register(row, trigger, address, held)
    const kept = await settle(lease, await registered(row, trigger, made, held))
    if (!kept && made.location !== null) await abandon(row, trigger, made.location)
  }

  /** What a registration leaves in its feed. */
  async function registered(row: FeedRow, trigger: Trigger, { location, expiry }: Registered, held: Held) {
    const renewal = expiry === null ? null : renewalOf(expiry, clock.now(), location !== null)
    // What was registered is written down, whatever comes of a look at it.
    const there = await exists(row, trigger, location, held).catch(() => null)
    return {
      ...active,
      registered: true,
      registeredAt: sql`now()`,
      registration: locations(row, location, []),
      registrationExpiresAt: expiry === null ? null : new Date(expiry),
      renewAt: renewal === null ? null : new Date(renewal),
      nextDueAt: nextLook(renewal, there === true),
    } satisfies FeedUpdate
  }

  /** Whether the provider has it; null where it cannot be asked, or did not answer. Throws CONNECTION_INACTIVE. */
  async function exists(
    row: FeedRow,
    trigger: Trigger,
    location: string | null,
    held: Held,
  ): Promise<boolean | null> {
    if (location === null) return null
    try {
      return await registration.exists(row, trigger, location, held)
    } catch (error) {
      if (held.signal.aborted || !isJunctorError(error) || error.code === 'CONNECTION_INACTIVE') throw error
      return null
    }
  }

  /** A registration that had ended before it was made anew: what happened since then nobody told. */
  function missed({ registrationExpiresAt }: FeedRow): FeedUpdate {
    const ended = registrationExpiresAt !== null && registrationExpiresAt.getTime() < clock.now()
    return ended ? { lastSequence: withHole } : {}
  }

  /** When there is work next on a registration: it is to be made anew, or, where that says something, looked for. */
  function nextLook(renewal: number | null, watched: boolean): Date | null {
    const look = watched ? clock.now() + settings.reconcileSeconds * 1000 : Number.POSITIVE_INFINITY
    const next = Math.min(renewal ?? Number.POSITIVE_INFINITY, look)
    return Number.isFinite(next) ? new Date(next) : null
  }

  /** Where the feed takes deliveries now. */
  function addressOf(row: FeedRow): Address | null {
    const url = tokens.url(row)
    return url === null ? null : { url, secret: tokens.secretOf(row) }
  }

  /**
   * A URL, and a secret where the hub makes one, that no earlier try told the provider, committed before this one does:
   * where a crash or a lost answer left a registration that nobody knows of, what it delivers finds no feed, and no
   * event comes twice. Null where the lease is lost.
   */
  async function freshAddress(
    row: FeedRow,
    role: WebhookRole,
    lease: Lease,
    also: FeedUpdate,
  ): Promise<Address | null> {
    const token = tokens.make(row.id, row.organizationId)
    const secret = role.security?.secret.from === 'hub' ? tokens.secret(row.id, row.organizationId) : null
    const held = await leases.underLease(lease, async transaction => {
      await transaction
        .update(feed)
        .set({
          ...also,
          ...token,
          webhookSecret: secret?.sealed ?? null,
          registered: false,
          registration: null,
        })
        .where(eq(feed.id, row.id))
    })
    const url = tokens.url({ ...row, ...token })
    return held && url !== null ? { url, secret: secret?.plain ?? null } : null
  }

  /** The feed was paused, ended or taken over while the provider registered it. Never throws. */
  async function abandon(row: FeedRow, trigger: Trigger, location: string): Promise<void> {
    try {
      const signal = AbortSignal.timeout(abandonSeconds * 1000)
      await registration.unregister(row, trigger, location, { signal })
    } catch (error) {
      logger.warn(
        { error, feed: row.id },
        'A webhook was registered too late and could not be deleted at the provider; what it delivers is refused.',
      )
    }
  }

  /**
   * Deletes old registrations, which would deliver everything twice, once each: a new one takes their place. False
   * where one was not there, or may be there still: that is counted. Throws CONNECTION_INACTIVE.
   */
  async function dropAll(
    row: FeedRow,
    trigger: Trigger,
    old: readonly string[],
    held: Held,
  ): Promise<boolean> {
    let all = true
    for (const location of old.filter(each => each !== ''))
      try {
        all = (await registration.unregister(row, trigger, location, held)) && all
      } catch (error) {
        if (held.signal.aborted || !isJunctorError(error) || error.code === 'CONNECTION_INACTIVE') throw error
        all = false
        orphaned(row, error)
      }
    return all
  }

  /** What it delivers finds no feed. */
  function orphaned(row: FeedRow, error: unknown): void {
    metrics.webhookOrphans.inc({ connector: metrics.connectorLabel(row.connector) })
    logger.warn(
      { error, feed: row.id, connector: row.connector },
      'An old webhook registration could not be deleted at the provider; what it delivers is refused.',
    )
  }

  /** Never throws for a provider's refusal: it is tried again, and given up with a recorded reason. */
  async function unregister(row: FeedRow, held: Held): Promise<void> {
    const { lease } = held
    const registrations = locationsOf(row).filter(location => location !== '')
    if (registrations.length === 0)
      return giveUp(
        row,
        lease,
        'The provider did not say where its registration lives, so it could not be deleted.',
      )
    try {
      const trigger = await findTrigger(connectors, row)
      for (const location of registrations) await registration.unregister(row, trigger, location, held)
    } catch (error) {
      if (held.signal.aborted) throw error
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
    metrics.webhookOrphans.inc({ connector: metrics.connectorLabel(row.connector) })
    await settle(lease, { ...unregistered, statusReason, nextDueAt: againIfRemoved(row) })
  }

  return {
    register,
    unregister,
    abandon,
    registered,
    dropAll,
    orphaned,
    exists,
    missed,
    nextLook,
    addressOf,
    locationOf,
    locationsOf,
    locations,
    settle,
  }
}

const active = { status: 'ACTIVE', statusReason: null, consecutiveFailures: 0 } as const

const unregistered = {
  registered: false,
  registration: null,
  registrationExpiresAt: null,
  renewAt: null,
  consecutiveFailures: 0,
}

/** A deleted feed is due once more: its row goes. */
function againIfRemoved(row: FeedRow) {
  return row.removed ? secondsFromNow(0) : null
}
