// One scenario over any SQL server: connect, list, filter, insert, update, delete, query, and both triggers as events.
import { expect } from 'vitest'
import type { HubClient } from './client.ts'
import { waitFor } from './hub.ts'

interface Feeds {
  readonly feeds: {
    readonly nodes: readonly {
      readonly field: string
      readonly status: string
      readonly lastPollAt: string | null
    }[]
  }
}
interface Row {
  readonly id: number
  readonly title: string
  readonly price: number | string
  readonly changed_at: string
}

const connect = `mutation ($authentication: String!, $parameters: JSON!) {
  createConnection(input: { connector: "sql", name: "db", authentication: $authentication, parameters: $parameters }) {
    connection { id status parameters }
  }
}`

/** Expects a table `books (id auto-increment primary key, title, price decimal, changed_at timestamp, big bigint)`. */
export async function runSqlScenario(
  client: HubClient,
  authentication: string,
  parameters: Readonly<Record<string, unknown>>,
) {
  const { createConnection } = await client.query<{
    createConnection: { connection: { id: string; parameters: Record<string, unknown> } }
  }>(connect, { authentication, parameters })
  expect(createConnection.connection.parameters).not.toHaveProperty('password')
  const tested = await client.query<{ testConnection: { ok: boolean; message: string | null } }>(
    'mutation ($id: ID!) { testConnection(id: $id) { ok message } }',
    { id: createConnection.connection.id },
  )
  expect(tested.testConnection).toMatchObject({ ok: true })

  const insert = (row: object) =>
    client.query('mutation ($row: JSON!) { sql_insertRow(table: "books", input: $row) }', { row })
  await insert({
    title: "Robert'); DROP TABLE books;--",
    price: 12.5,
    big: '9007199254740993',
    changed_at: '2026-01-01 10:00:00',
  })
  await insert({ title: 'Плоский мир 🐢', price: 7, big: 1, changed_at: '2026-01-01 10:00:00' })

  const listed = await client.query<{ sql_listRows: { value: Row[] } }>(
    'query ($filter: String) { sql_listRows(table: "books", filter: $filter, order: "price desc", top: 10) { value } }',
    { filter: 'price gt 5' },
  )
  expect(listed.sql_listRows.value.map(row => row.title)).toEqual([
    "Robert'); DROP TABLE books;--",
    'Плоский мир 🐢',
  ])
  const [expensive] = listed.sql_listRows.value
  const id = String(expensive?.id)

  const watchNew = client.subscribe<{ sql_onNewRow: { data: Row } }>(
    'subscription { sql_onNewRow(table: "books") { cursor data } }',
  )
  const watchUpdated = client.subscribe<{ sql_onUpdatedRow: { data: Row } }>(
    'subscription { sql_onUpdatedRow(table: "books", column: "changed_at") { cursor data } }',
  )
  await using _new = watchNew
  await using _updated = watchUpdated
  const created = watchNew.next(60)
  const updated = watchUpdated.next(60)
  await waitFor(
    async () => {
      const { feeds } = await client.query<Feeds>('{ feeds { nodes { field status lastPollAt } } }')
      return feeds.nodes.filter(feed => feed.status === 'ACTIVE' && feed.lastPollAt !== null).length === 2
    },
    () => 'The feeds do not get active.',
  )
  await client.query(
    'mutation ($id: String!, $row: JSON!) { sql_updateRow(table: "books", id: $id, input: $row) }',
    { id, row: { price: 13, changed_at: '2026-02-01 10:00:00' } },
  )
  expect((await updated).sql_onUpdatedRow.data.title).toBe("Robert'); DROP TABLE books;--")
  await insert({ title: 'New', price: 1, big: 2, changed_at: '2026-01-01 10:00:00' })
  expect((await created).sql_onNewRow.data.title).toBe('New')

  await client.query('mutation ($id: String!) { sql_deleteRow(table: "books", id: $id) }', { id })
  const gone = await client.answer('query ($id: String!) { sql_getRow(table: "books", id: $id) }', { id })
  expect(gone.errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_ERROR', http: { status: 404 } })
}
