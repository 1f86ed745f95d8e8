// Work on a webhook whose connection was given another credential, or another place to lead to: it is registered anew
// by that, at a further URL, before the old registration is deleted. Both deliver meanwhile; what both deliver has the
// same delivery id, where the provider gives one. A crash anywhere leaves no registration whose deliveries count twice.
import type { FeedRow, Tokens, Trigger, WebhookRole } from '../feeds/index.ts'
import type { Leases } from '../schedule/index.ts'
import type { createRegistration } from '../webhook/index.ts'
import type { Held } from './held.ts'
import type { WebhookWork } from './webhook-work.ts'

export interface MovedWorkOptions {
  readonly leases: Pick<Leases, 'write'>
  readonly registration: Pick<ReturnType<typeof createRegistration>, 'register'>
  readonly webhooks: WebhookWork
  readonly tokens: Tokens
}

export type MovedWork = ReturnType<typeof createMovedWork>

export function createMovedWork({ leases, registration, webhooks, tokens }: MovedWorkOptions) {
  /** Throws what the call throws: until it succeeds, the old registration goes on. */
  async function move(
    row: FeedRow,
    trigger: Trigger & { readonly role: WebhookRole },
    held: Held,
  ): Promise<void> {
    // The handshake brings the new registration's secret, and a feed knows one.
    if (trigger.role.security?.scheme === 'hook-secret') return webhooks.register(row, trigger, held, true)
    const { lease } = held
    const further = tokens.further(row)
    if (further === null || !(await leases.write(lease, further.opened))) return
    const address = { url: further.url, secret: tokens.secretOf(row) }
    const made = await registration.register(row, trigger, address, held)
    const old = webhooks.locationsOf(row).filter(location => location !== made.location)
    const { nextDueAt, ...outcome } = await webhooks.registered(row, trigger, made, held)
    const kept = await leases.write(lease, {
      ...outcome,
      ...further.moved,
      ...webhooks.missed(row),
      registration: webhooks.locations(row, made.location, old),
    })
    if (!kept) {
      if (made.location !== null) await webhooks.abandon(row, trigger, made.location)
      return
    }
    const gone = await dropOld(row, trigger, old, held)
    const registered = webhooks.locations(row, made.location, [])
    await webhooks.settle(lease, {
      registration: registered,
      nextDueAt,
      ...(gone ? {} : further.alone),
    })
  }

  /**
   * True where all of it was there and is deleted: then its URL may go on to take what is still on its way. One that
   * was not there may be another account's, which the new credential cannot see.
   */
  async function dropOld(
    row: FeedRow,
    trigger: Trigger,
    old: readonly string[],
    held: Held,
  ): Promise<boolean> {
    const all = await webhooks.dropAll(row, trigger, old, held)
    if (webhooks.locationOf(row) !== null) return all
    webhooks.orphaned(row, 'The provider did not say where it lives.')
    return false
  }

  /**
   * What a move left when its hub stopped between the new registration and the end of the old one is deleted. False
   * where the lease is lost.
   */
  async function finish(row: FeedRow, trigger: Trigger, held: Held): Promise<boolean> {
    const [current = '', ...old] = webhooks.locationsOf(row)
    if (old.length === 0) return true
    const gone = await webhooks.dropAll(row, trigger, old, held)
    return leases.write(held.lease, {
      registration: webhooks.locations(row, current === '' ? null : current, []),
      ...(gone ? {} : tokens.only(row)),
    })
  }

  return { move, finish }
}
