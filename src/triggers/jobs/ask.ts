// A webhook action (connector-format §5.2): the API is called, once, with a URL of its own, and the one callback to that
// URL is the one event of a feed of its own. Equal calls share nothing, for each of them does something. Nobody takes
// such a call over: after a crash in it, its answer may still come, and the API is not asked again.
import { and, eq, sql } from 'drizzle-orm'
import { JunctorError } from '../../errors.ts'
import { newId } from '../../id.ts'
import type { CallWatch } from '../../invocation/index.ts'
import { type Database, schema } from '../../store/index.ts'
import type { Bus } from '../bus/index.ts'
import {
  type Binding,
  boundColumns,
  type Connectors,
  type Feed,
  type FeedRow,
  type FeedSeal,
  type FeedTable,
  feedIdOf,
  feedOf,
  findTrigger,
  type Tokens,
} from '../feeds/index.ts'
import type { TriggerSettings } from '../settings.ts'
import { secondsFromNow } from '../time/index.ts'
import type { createRegistration } from '../webhook/index.ts'
import type { WebhookWork } from './webhook-work.ts'

const { feed } = schema

export interface AskOptions {
  readonly db: Database
  readonly feeds: FeedTable
  readonly tokens: Tokens
  readonly connectors: Connectors
  readonly registration: ReturnType<typeof createRegistration>
  readonly webhooks: WebhookWork
  readonly seal: FeedSeal
  readonly bus: Bus
  readonly settings: TriggerSettings
}

export interface AskRequest {
  readonly binding: Binding
  readonly ownerId: string
  readonly signal: AbortSignal
  readonly watch?: CallWatch
}

export function createAsk(options: AskOptions) {
  const { db, feeds, tokens, connectors, registration, webhooks, seal, bus, settings } = options

  return async function ask({ binding, ownerId, ...how }: AskRequest): Promise<Feed> {
    const { definition, operation, role } = await findTrigger(connectors, binding)
    if (role.role !== 'webhook' || !role.once)
      throw new JunctorError('BAD_INPUT', `${binding.field} is a trigger: subscribe to it.`)
    const id = newId()
    const token = tokens.make(id, binding.organizationId)
    const secret =
      role.security?.secret.from === 'hub' ? tokens.secret(id, binding.organizationId) : { plain: null }
    const [row] = await db
      .insert(feed)
      .values({
        ...boundColumns(binding),
        ...token,
        id,
        ownerId,
        kind: 'WEBHOOK',
        // Not the hash of what was asked: nobody is to join it.
        binding: id,
        once: true,
        webhookSecret: 'sealed' in secret ? secret.sealed : null,
        status: 'STARTING',
        durable: false,
        lingerUntil: secondsFromNow(settings.answerSeconds),
        intervalSeconds: settings.defaultIntervalSeconds,
        start: 'NEW_ONLY',
      })
      .returning()
    const url = row ? tokens.url(row) : null
    if (!row || url === null) throw new JunctorError('INTERNAL', 'A feed could not be written down.')
    const trigger = { definition, operation, role }
    const location = await registration.register(row, trigger, { url, secret: secret.plain }, how).then(
      ({ location }) => location,
      async error => {
        await unasked(row)
        throw error
      },
    )
    if (!(await waiting(row, location)) && location !== null) {
      // Its answer was faster; or somebody deleted the feed, and the API is to be told.
      const now = await feeds.find(feedIdOf(id))
      if (now?.lastSequence !== 1) await webhooks.abandon(row, trigger, location)
    }
    bus.wake(feedIdOf(id))
    return feedOf((await feeds.find(feedIdOf(id))) ?? row)
  }

  /** False where the feed does not wait any more. */
  async function waiting(row: FeedRow, location: string | null): Promise<boolean> {
    const column = { feedId: row.id, organizationId: row.organizationId, column: 'registration' } as const
    const [waits] = await db
      .update(feed)
      .set({
        status: 'ACTIVE',
        // Without a place to delete it from there is nothing to undo.
        registered: location !== null,
        registeredAt: sql`now()`,
        registration: location === null ? null : seal.seal(location, column),
      })
      .where(and(eq(feed.id, row.id), eq(feed.status, 'STARTING')))
      .returning({ id: feed.id })
    return waits !== undefined
  }

  /** The call failed, so there is nothing to wait for, unless the answer is here already. */
  async function unasked(row: FeedRow): Promise<void> {
    await db.delete(feed).where(and(eq(feed.id, row.id), eq(feed.lastSequence, 0)))
  }
}
