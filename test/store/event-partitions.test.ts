// The event log from before it had partitions: its events and their cursors stay good.
import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { expect, inject, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { secret } from '../../src/secret.ts'
import { openStore, schema } from '../../src/store/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { feedIdOf } from '../../src/triggers/index.ts'
import { createAppendAtOnce, eventPage } from '../../src/triggers/log/index.ts'
import { administer, databaseUrl, uniqueDatabase } from '../harness/database-server.ts'
import { migrateUpTo } from './migrate-up-to.ts'

test('every event of before is there, in its order, behind its cursor, and its key is known', async () => {
  const server = inject('databaseServer').url
  const name = uniqueDatabase()
  await administer(server, `create database ${name}`)
  await using stack = new AsyncDisposableStack()
  stack.defer(() => administer(server, `drop database ${name} with (force)`))
  const url = databaseUrl(server, name)
  const ids = [randomUUID(), randomUUID()]
  const client = new Client({ connectionString: url })
  await client.connect()
  await migrateUpTo(client, '0005_raw_bodies')
  await client.query(`insert into organization (id, name, slug, created_at) values ('here', 'H', 'h', now())`)
  for (const id of ids) {
    await client.query(
      `insert into feed (id, organization_id, connector, operation_id, field, kind, arguments, binding, status, durable,
        interval_seconds, start, last_sequence, pruned_sequence)
      values ($1, 'here', 'c', 'o', 'f', 'WEBHOOK', '{}', $2, 'ACTIVE', true, 60, 'NEW_ONLY', 302, 2)`,
      [id, id],
    )
    await client.query(
      `insert into feed_event (feed_id, sequence, key, time, received_at, data, body, content_type)
      select $1, n, 'k-' || n, now(), now() - (302 - n) * interval '1 hour', n::text, '\\x00ff', 'a/b'
      from generate_series(3, 302) as n`,
      [id],
    )
  }
  await client.end()

  const { db } = stack.use(
    await openStore({
      databaseUrl: secret(url),
      dataFolder: '/nonexistent',
      logger: createLogger('silent'),
      clock: systemClock,
    }),
  )
  for (const feed of await db.select().from(schema.feed)) {
    const all = await eventPage({ db, feed, first: 1000 })
    expect(all.events.map(({ id, data }) => [id, data])).toEqual(
      Array.from({ length: 300 }, (_, n) => [`k-${n + 3}`, n + 3]),
    )
    const rest = await eventPage({ db, feed, first: 1000, after: all.events[249]!.cursor })
    expect(rest.events).toEqual(all.events.slice(250))
    const feedId = feedIdOf(feed.id)
    const again = new Map([[feedId, ['k-3', 'k-302', 'new'].map(key => ({ key, data: null }))]])
    expect(await createAppendAtOnce(db)(again)).toEqual(
      new Map([[feedId, { status: 'ACTIVE', added: ['new'] }]]),
    )
  }
  const kept = await db.$count(schema.feedEvent)
  expect(kept).toBe(602)
  // A feed takes its events along, from whichever partition.
  await db.delete(schema.feed)
  expect(await db.$count(schema.feedEvent)).toBe(0)
})
