// A provider's question to a webhook, answered; a secret that it brings is kept, sealed, where the webhook's scheme
// verifies deliveries with it.
import { and, eq, isNull } from 'drizzle-orm'
import type { Secret } from '../../secret.ts'
import { type Database, schema } from '../../store/index.ts'
import type { FeedSeal, WebhookFeed } from '../feeds/index.ts'
import { handshaken, type Told, unverified } from './answers.ts'
import type { OpenDelivery } from './delivery.ts'
import { isOneOf } from './digest.ts'
import type { Guard } from './guard.ts'

const { feed } = schema

export interface HandshakerOptions {
  readonly db: Database
  readonly seal: FeedSeal
}

export function createHandshaker({ db, seal }: HandshakerOptions) {
  /** The first secret of a registration counts: whoever comes later with another one is somebody else. */
  async function remember(row: WebhookFeed, secret: Secret): Promise<boolean> {
    const column = { feedId: row.id, organizationId: row.organizationId, column: 'webhook_secret' } as const
    const sameUrl = and(eq(feed.id, row.id), eq(feed.tokenHash, row.tokenHash ?? ''))
    const [first] = await db
      .update(feed)
      .set({ webhookSecret: seal.seal(secret.reveal(), column) })
      .where(and(sameUrl, isNull(feed.webhookSecret)))
      .returning({ id: feed.id })
    if (first) return true
    const [known] = await db.select({ sealed: feed.webhookSecret }).from(feed).where(sameUrl)
    return known?.sealed != null && isOneOf([secret], seal.open(known.sealed, column))
  }

  /**
   * Answers a question of one of the guard's handshakes that are `signed`, or are not; null where the request is none.
   */
  return async function shakeHands(
    row: WebhookFeed,
    { handshakes, handshakeKeys, verifier }: Guard,
    delivery: OpenDelivery,
    signed: boolean,
  ): Promise<Told | null> {
    for (const handshake of handshakes.filter(each => each.signed === signed)) {
      const answer = handshake.answer(delivery, handshakeKeys)
      if (answer === null) continue
      if (answer === 'refused') return unverified()
      const secret = verifier?.scheme === handshake.name ? answer.remember : undefined
      if (secret !== undefined && !(await remember(row, secret))) return unverified()
      return handshaken(answer)
    }
    return null
  }
}
