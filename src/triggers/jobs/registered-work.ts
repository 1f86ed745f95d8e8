// Work on a leased webhook that is registered: made anew before it ends, looked for at the provider, confirmed after its
// connection could not be used for a while.
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
import { secondsFromNow } from '../time/index.ts'
import type { createRegistration } from '../webhook/index.ts'
import type { Held } from './held.ts'
import type { MovedWork } from './moved-work.ts'
import type { WebhookWork } from './webhook-work.ts'

export interface RegisteredWorkOptions extends Pick<CallOptions, 'openConnection'> {
  readonly registration: ReturnType<typeof createRegistration>
  readonly webhooks: WebhookWork
  readonly moved: Pick<MovedWork, 'finish'>
  readonly logger: Logger
}

export type RegisteredWork = ReturnType<typeof createRegisteredWork>

type WebhookTrigger = Trigger & { readonly role: WebhookRole }

export function createRegisteredWork(options: RegisteredWorkOptions) {
  const { openConnection, registration, webhooks, moved, logger } = options

  /**
   * Registers anew at the same URL, and then deletes the old registration, so that nothing is missed in between. What
   * both deliver has the same delivery id, where the provider gives one. Throws what the call throws.
   */
  async function renew(row: FeedRow, trigger: WebhookTrigger, held: Held) {
    const { lease } = held
    const address = webhooks.addressOf(row)
    if (address === null || !(await moved.finish(row, trigger, held))) return
    const old = webhooks.locationOf(row)
    const made = await registration.register(row, trigger, address, held)
    const kept = await webhooks.settle(lease, {
      ...(await webhooks.registered(row, trigger, made, held)),
      ...webhooks.missed(row),
    })
    const useless = kept ? old : made.location
    if (useless !== null && (!kept || useless !== made.location))
      await webhooks.abandon(row, trigger, useless)
  }

  /**
   * A look at what should be there: gone, it is made anew, and readers are told that something may be missing. Throws
   * CONNECTION_INACTIVE.
   */
  async function lookFor(row: FeedRow, trigger: WebhookTrigger, held: Held) {
    const { lease } = held
    if (!(await moved.finish(row, trigger, held))) return
    if ((await webhooks.exists(row, trigger, webhooks.locationOf(row), held)) === false) {
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
  async function confirm(row: FeedRow, trigger: Trigger, held: Held): Promise<void> {
    const { lease } = held
    const connectionId = connectionIdOf(row)
    if (connectionId !== null) await openConnection(connectionId)
    if (!(await moved.finish(row, trigger, held))) return
    const watched =
      registersByCall(trigger) &&
      (await webhooks.exists(row, trigger, webhooks.locationOf(row), held)) === true
    await webhooks.settle(lease, {
      status: 'ACTIVE',
      statusReason: null,
      consecutiveFailures: 0,
      nextDueAt: row.once ? null : webhooks.nextLook(row.renewAt?.getTime() ?? null, watched),
    })
  }

  return { renew, lookFor, confirm }
}
