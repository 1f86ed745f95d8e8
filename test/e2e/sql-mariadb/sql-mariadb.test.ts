// The sql connector against a real MariaDB.
import mysql from 'mysql2/promise'
import { test } from 'vitest'
import { signUp } from '../../harness/client.ts'
import { startHub } from '../../harness/hub.ts'
import { requirement } from '../../harness/requirement.ts'
import { runSqlScenario } from '../../harness/sql-scenario.ts'

const host = process.env.MYSQL_HOST ?? '127.0.0.1'
const port = Number(process.env.MYSQL_TCP_PORT ?? 3306)
const user = process.env.MYSQL_USER ?? 'root'
const password = process.env.MYSQL_PWD ?? ''
const server = () => mysql.createConnection({ host, port, user, password })

async function reachable(): Promise<boolean> {
  return server().then(
    connection => connection.end().then(() => true),
    () => false,
  )
}
const present = requirement(`MariaDB at ${host}:${port}`, await reachable())

test.runIf(present)('rows, changes and events of a real MariaDB', { timeout: 120_000 }, async () => {
  const database = `junctor_e2e_${process.pid}`
  const admin = await server()
  await admin.query(`create database ${database} character set utf8mb4`)
  try {
    await admin.query(
      `create table ${database}.books (id integer auto_increment primary key, title varchar(200) not null, price decimal(10, 2), big bigint, changed_at datetime not null)`,
    )
    await using hub = await startHub({ env: { JUNCTOR_ALLOW_PRIVATE: `mysql://${host}:${port}` } })
    const client = await signUp(hub.url)
    await runSqlScenario(client, 'mysql', { host, port, database, username: user, password })
  } finally {
    await admin.query(`drop database ${database}`)
    await admin.end()
  }
})
