// What every store does, whichever server runs it.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { schema } from '../../src/store/index.ts'
import { openTestStore } from '../harness/open-test-store.ts'

test('a fresh store has every table and answers', async () => {
  await using store = await openTestStore()
  await store.ping()
  expect(await store.db.select().from(schema.feed)).toEqual([])
  const { rows } = await store.db.execute(sql`show idle_in_transaction_session_timeout`)
  expect(rows).toEqual([{ idle_in_transaction_session_timeout: '1min' }])
})
