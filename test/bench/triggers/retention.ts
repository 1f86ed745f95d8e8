// What it costs that old events leave the log: events appended a second while nothing is pruned, and while as many are
// pruned as come. And whether the table stays as large as what it holds.
import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { eq, sql } from 'drizzle-orm'
import { systemClock } from '../../../src/clock.ts'
import { secret } from '../../../src/secret.ts'
import { openStore, type Store, schema } from '../../../src/store/index.ts'
import { createLogger } from '../../../src/telemetry/index.ts'
import { createFeedTable } from '../../../src/triggers/feeds/feed-table.ts'
import { createTokens } from '../../../src/triggers/feeds/webhook-token.ts'
import { appendEvents } from '../../../src/triggers/log/event-log.ts'
import { defaultSettings } from '../../../src/triggers/settings.ts'
import { createUpkeep } from '../../../src/triggers/upkeep/upkeep.ts'
import { machineServerUrl } from '../../harness/machine-server.ts'
import { count, median, table } from '../measure/figures.ts'
import { ownDatabase } from './own-database.ts'
import type { Part } from './part.ts'

const feeds = 50
/** In one transaction, of so many characters each. */
const batch = { events: 20, characters: 500 }
const writers = 4
const roundSeconds = 10
/** Of each feed, while it is pruned. */
const kept = 500

export const retention: Part = async ({ database, rounds, stack, print }) => {
  const url = await ownDatabase(stack, database ?? machineServerUrl)
  const logger = createLogger('error')
  const store = stack.use(
    await openStore({
      databaseUrl: secret(url),
      dataFolder: '/nonexistent',
      logger,
      clock: systemClock,
    }),
  )
  const ids = await makeFeeds(store)
  const rates: Record<'plain' | 'pruned', number[]> = { plain: [], pruned: [] }
  for (let round = 0; round < rounds; round++) {
    await store.db.execute(sql`truncate feed_event`)
    rates.plain.push(await append(store, ids))
    await using upkeep = pruning(store)
    // What is there from the round without pruning goes first.
    await settled(store)
    rates.pruned.push(await append(store, ids))
    await settled(store)
    await upkeep[Symbol.asyncDispose]()
  }
  const { rows } = await store.db.execute<{ events: number; bytes: number }>(
    sql`select count(*)::int as events,
      (select sum(pg_total_relation_size(relid)) from pg_partition_tree('feed_event'))::float8 as bytes
      from feed_event`,
  )
  const ratio = median(rates.pruned.map((rate, round) => rate / (rates.plain[round] ?? Number.NaN)))
  print(
    `${table([
      ['the log', 'events a second'],
      ['nothing pruned', count(median(rates.plain))],
      ['as many pruned as come', count(median(rates.pruned))],
      ['ratio', ratio.toFixed(2)],
      [
        'then in the table',
        `${count(rows[0]?.events ?? 0)} events, ${count((rows[0]?.bytes ?? 0) / 1024 ** 2)} MB`,
      ],
    ])}\n`,
  )
}

function pruning(store: Store): AsyncDisposable {
  const settings = { ...defaultSettings, upkeepSeconds: 0.5, retentionCount: kept }
  const seal = {
    currentPrefix: '',
    seal: (plain: string) => plain,
    open: (sealed: string) => sealed,
  }
  const tokens = createTokens({ db: store.db, seal, publicUrl: '', randomBytes })
  return createUpkeep({
    db: store.db,
    feeds: createFeedTable({ db: store.db, tokens, settings }),
    bus: { wake: () => {}, listen: async () => () => {}, [Symbol.asyncDispose]: async () => {} },
    clock: systemClock,
    logger: createLogger('error'),
    settings,
    ended: () => {},
  })
}

async function makeFeeds({ db }: Store): Promise<readonly string[]> {
  await db.insert(schema.organization).values({ id: 'o', name: 'o', slug: 'o', createdAt: new Date() })
  const ids = Array.from({ length: feeds }, () => randomUUID())
  await db.insert(schema.feed).values(
    ids.map(id => ({
      id,
      organizationId: 'o',
      connector: 'bench',
      operationId: 'OnThing',
      field: 'bench_onThing',
      kind: 'WEBHOOK' as const,
      arguments: '{}',
      binding: id,
      status: 'ACTIVE' as const,
      durable: true,
      intervalSeconds: 60,
      start: 'NEW_ONLY' as const,
    })),
  )
  return ids
}

/** Events appended a second, as the receiver and the pollers append. */
async function append({ db }: Store, ids: readonly string[]): Promise<number> {
  const data = 'x'.repeat(batch.characters)
  const until = performance.now() + roundSeconds * 1000
  let appended = 0
  let turn = 0
  await Promise.all(
    Array.from({ length: writers }, async () => {
      while (performance.now() < until) {
        const id = ids[turn++ % ids.length] ?? ''
        appended += await db.transaction(async transaction => {
          const [row] = await transaction
            .select()
            .from(schema.feed)
            .where(eq(schema.feed.id, id))
            .for('update')
          if (!row) throw new Error(`There is no feed ${id}.`)
          const events = Array.from({ length: batch.events }, () => ({ key: randomUUID(), data }))
          return appendEvents(transaction, row, events)
        })
      }
    }),
  )
  return appended / roundSeconds
}

async function settled({ db }: Store): Promise<void> {
  for (;;) {
    const { rows } = await db.execute<{ more: number }>(
      sql`select count(*)::int as more from feed where last_sequence - pruned_sequence > ${kept}`,
    )
    if (rows[0]?.more === 0) return
    await pause(100)
  }
}
