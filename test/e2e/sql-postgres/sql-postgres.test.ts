// The sql connector against a real PostgreSQL.
import pg from 'pg'
import { test } from 'vitest'
import { signUp } from '../../harness/client.ts'
import { startHub } from '../../harness/hub.ts'
import { requirement } from '../../harness/requirement.ts'
import { runSqlScenario } from '../../harness/sql-scenario.ts'

const host = process.env.PGHOST ?? '127.0.0.1'
const port = Number(process.env.PGPORT ?? 5432)
const user = process.env.PGUSER ?? 'postgres'
const password = process.env.PGPASSWORD ?? ''
const server = (database: string) => new pg.Client({ host, port, user, password, database })

async function reachable(): Promise<boolean> {
  const client = server('postgres')
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  )
}
const present = requirement(`PostgreSQL at ${host}:${port}`, await reachable())

test.runIf(present)('rows, changes and events of a real PostgreSQL', { timeout: 120_000 }, async () => {
  const database = `junctor_e2e_${process.pid}`
  const admin = server('postgres')
  await admin.connect()
  await admin.query(`create database ${database}`)
  try {
    const setup = server(database)
    await setup.connect()
    await setup.query(
      'create table books (id integer generated always as identity primary key, title text not null, price numeric(10, 2), big bigint, changed_at timestamp not null)',
    )
    await setup.end()
    await using hub = await startHub({ env: { JUNCTOR_ALLOW_PRIVATE: `postgres://${host}:${port}` } })
    const client = await signUp(hub.url)
    await runSqlScenario(client, 'postgres', {
      host,
      port,
      database,
      username: user,
      password: password || 'unused',
    })
  } finally {
    await admin.query(`drop database ${database} with (force)`)
    await admin.end()
  }
})
