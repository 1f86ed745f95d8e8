// The one feed of a binding: joined where it lives, started again where it ended, made where there is none.
import { and, eq, not, sql } from 'drizzle-orm'
import { newId } from '../../id.ts'
import { schema } from '../../store/index.ts'
import { secondsFromNow } from '../time/index.ts'
import { bindingHash, printArguments } from './binding.ts'
import type { Binding, FeedOptions } from './feed.ts'
import { adoption, policyOf } from './feed-policy.ts'
import type { FeedRow } from './feed-row.ts'
import { starting } from './feed-states.ts'
import type { FeedTableOptions } from './feed-table.ts'

const { feed } = schema

export interface Ensured {
  readonly row: FeedRow
  /** True where this call made it or started it again. */
  readonly fresh: boolean
}

/** What a feed is bound to, as columns. */
export function boundColumns(binding: Binding) {
  const { organizationId, connector, importId, operationId, field, connectionId } = binding
  return {
    organizationId,
    connector,
    importId,
    operationId,
    field,
    connectionId,
    arguments: printArguments(binding.arguments),
  }
}

/** Finds, starts again or makes the one feed of the binding. Throws FORBIDDEN as `adoption` does. */
export type FeedMaker = (binding: Binding, kind: FeedRow['kind'], options: FeedOptions) => Promise<Ensured>

export function createFeedMaker({ db, tokens, settings }: FeedTableOptions): FeedMaker {
  const lingering = sql`greatest(${feed.lingerUntil}, ${secondsFromNow(settings.lingerSeconds)})`

  const live = (binding: string) =>
    and(eq(feed.binding, binding), not(feed.removed), sql`${feed.status} <> 'ENDED'`)

  /** The live feed of the binding, kept alive a while longer. */
  async function join(binding: string): Promise<FeedRow | null> {
    const [row] = await db.update(feed).set({ lingerUntil: lingering }).where(live(binding)).returning()
    return row ?? null
  }

  /** The live feed of the binding, made durable, and resumed where it was paused. */
  async function adopt(binding: string, options: FeedOptions): Promise<FeedRow | null> {
    return db.transaction(async transaction => {
      const [row] = await transaction.select().from(feed).where(live(binding)).for('update')
      if (!row) return null
      const [adopted] = await transaction
        .update(feed)
        .set({ ...adoption(row, options, settings), ...(row.status === 'PAUSED' ? starting : {}) })
        .where(eq(feed.id, row.id))
        .returning()
      return adopted ?? null
    })
  }

  /** The ended feed of the binding, started again where it stopped. */
  async function revive(binding: string, options: FeedOptions): Promise<FeedRow | null> {
    const [row] = await db
      .update(feed)
      .set({
        ...starting,
        ...policyOf(options, settings),
        ownerId: options.ownerId,
        durable: options.durable,
        lingerUntil: options.durable ? null : secondsFromNow(settings.lingerSeconds),
        endedAt: null,
      })
      .where(and(eq(feed.binding, binding), not(feed.removed), eq(feed.status, 'ENDED')))
      .returning()
    return row ?? null
  }

  async function insert(
    binding: Binding,
    hash: string,
    kind: FeedRow['kind'],
    options: FeedOptions,
  ): Promise<FeedRow | null> {
    const id = newId()
    const token = kind === 'WEBHOOK' ? tokens.make(id, binding.organizationId) : {}
    const [row] = await db
      .insert(feed)
      .values({
        ...boundColumns(binding),
        id,
        ownerId: options.ownerId,
        kind,
        binding: hash,
        status: 'STARTING',
        durable: options.durable,
        lingerUntil: options.durable ? null : secondsFromNow(settings.lingerSeconds),
        nextDueAt: sql`now()`,
        ...policyOf(options, settings),
        ...token,
      })
      .onConflictDoNothing()
      .returning()
    return row ?? null
  }

  return async (binding: Binding, kind: FeedRow['kind'], options: FeedOptions): Promise<Ensured> => {
    const hash = bindingHash(binding)
    // Each step is one statement; where somebody else was faster, the next round finds what they made.
    for (;;) {
      const there = await (options.durable ? adopt(hash, options) : join(hash))
      if (there) return { row: there, fresh: false }
      const row = (await revive(hash, options)) ?? (await insert(binding, hash, kind, options))
      if (row) return { row, fresh: true }
    }
  }
}
