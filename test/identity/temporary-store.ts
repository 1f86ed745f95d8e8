import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { systemClock } from '../../src/clock.ts'
import { secret } from '../../src/secret.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'

export async function openTestStore(): Promise<Store> {
  const name = `t_ident_${randomBytes(5).toString('hex')}`
  const admin = new pg.Client({ connectionString: 'postgres://postgres@127.0.0.1:5432/postgres' })
  await admin.connect()
  await admin.query(`create database ${name}`)
  const store = await openStore({
    databaseUrl: secret(`postgres://postgres@127.0.0.1:5432/${name}`),
    dataFolder: '/tmp/none',
    logger: createLogger('silent'),
    clock: systemClock,
  })
  return {
    ...store,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      await admin.query(`drop database ${name} with (force)`)
      await admin.end()
    },
  }
}
