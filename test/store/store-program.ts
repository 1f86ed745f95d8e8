// A program that opens a store as a hub does: `store-program.ts <data folder> [address]`. It prints one JSON line for each
// thing it has done: {opened: label}, then {row: n} for every row that the database acknowledged, {lost, message} where
// another hub took the folder, or {code, message}.
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '../../src/clock.ts'
import { isJunctorError } from '../../src/errors.ts'
import { openStore } from '../../src/store/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'

const [dataFolder = '', address = 'http://test.example'] = process.argv.slice(2)
const say = (fact: object) => process.stdout.write(`${JSON.stringify(fact)}\n`)

try {
  await using store = await openStore({
    databaseUrl: null,
    dataFolder,
    address,
    logger: createLogger('silent'),
    clock: systemClock,
  })
  let ending = false
  process.once('SIGTERM', () => {
    ending = true
  })
  void store.lost.then(reason => {
    ending = true
    say({ lost: reason.code, message: reason.message })
  })
  await store.pool.query('create table if not exists written (n bigint generated always as identity)')
  say({ opened: store.label })
  while (!ending) {
    const { rows } = await store.pool
      .query<{ n: string }>('insert into written default values returning n')
      .catch(() => ({ rows: [] }))
    say(rows[0] ? { row: Number(rows[0].n) } : { failed: true })
    await pause(5)
  }
} catch (error) {
  if (!isJunctorError(error)) throw error
  say({ code: error.code, message: error.message })
  process.exitCode = 1
}
