// Work on a leased webhook that is registered: made anew before it ends, looked for at the provider, confirmed after its
// connection could not be used for a while.
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../telemetry/index.ts'
import {
  type CallOptions,
  connectionIdOf,
  type FeedRow,
  registersByCall,
  type Trigger,
  type WebhookRole,
  withHole,
} from '../feeds/index.ts'
import type { Lease } from '../schedule/index.ts'
import { secondsFromNow } from '../time/index.ts'
import type { createRegistration } from '../webhook/index.ts'
import type { WebhookWork } from './webhook-work.ts'

export interface RegisteredWorkOptions extends Pick<CallOptions, 'openConnection'> {
  readonly registration: ReturnType<typeof createRegistration>
  readonly webhooks: WebhookWork
  readonly clock: Clock
  readonly logger: Logger
}

export type RegisteredWork = ReturnType<typeof createRegisteredWork>

type WebhookTrigger = Trigger & { readonly role: WebhookRole }

export function createRegisteredWork(options: RegisteredWorkOptions) {
  const { openConnection, registration, webhooks, clock, logger } = options

  /**
   * Registers anew at the same URL, and then deletes the old registration, so that nothing is missed in between. What
   * both deliver has the same delivery id, where the provider gives one. Throws what the call throws.
   */
  async function renew(row: FeedRow, trigger: WebhookTrigger, lease: Lease, signal: AbortSignal) {
    const address = webhooks.addressOf(row)
    if (address === null) return
    const old = webhooks.locationOf(row)
    const made = await registration.register(row, trigger, address, signal)
    const ended = row.registrationExpiresAt !== null && row.registrationExpiresAt.getTime() < clock.now()
    const kept = await webhooks.settle(lease, {
      ...(await webhooks.registered(row, trigger, made, signal)),
      // It had ended already: what happened since then nobody told.
      ...(ended ? { lastSequence: withHole } : {}),
    })
    const useless = kept ? old : made.location
    if (useless !== null && (!kept || useless !== made.location))
      await webhooks.abandon(row, trigger, useless)
  }

  /**
   * A look at what should be there: gone, it is made anew, and readers are told that something may be missing. Throws
   * CONNECTION_INACTIVE.
   */
  async function lookFor(row: FeedRow, trigger: WebhookTrigger, lease: Lease, signal: AbortSignal) {
    if ((await webhooks.exists(row, trigger, webhooks.locationOf(row), signal)) === false) {
      logger.warn(
        { feed: row.id, connector: row.connector },
        'The registration of a webhook was gone at the provider; it is made anew.',
      )
      await webhooks.settle(lease, {
        status: 'STARTING',
        statusReason: 'Its registration was gone at the provider; it is made anew.',
        registered: false,
        registration: null,
        lastSequence: withHole,
        nextDueAt: secondsFromNow(0),
      })
      return
    }
    await webhooks.settle(lease, { nextDueAt: webhooks.nextLook(row.renewAt?.getTime() ?? null, true) })
  }

  /** A webhook that is registered takes deliveries whatever its connection; ACTIVE says that both are well. */
  async function confirm(row: FeedRow, trigger: Trigger, lease: Lease, signal: AbortSignal): Promise<void> {
    const connectionId = connectionIdOf(row)
    if (connectionId !== null) await openConnection(connectionId)
    const watched =
      registersByCall(trigger) &&
      (await webhooks.exists(row, trigger, webhooks.locationOf(row), signal)) === true
    await webhooks.settle(lease, {
      status: 'ACTIVE',
      statusReason: null,
      consecutiveFailures: 0,
      nextDueAt: row.once ? null : webhooks.nextLook(row.renewAt?.getTime() ?? null, watched),
    })
  }

  return { renew, lookFor, confirm }
}
