// One suite for every bus.
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { type Bus, feedIdOf, inProcessBus, natsBus, postgresBus } from '../../src/triggers/index.ts'
import { openTestStore, type TestStore } from '../harness/open-test-store.ts'
import { requirement } from '../harness/requirement.ts'
import { until } from './hub.ts'

const one = feedIdOf('01900000-0000-7000-8000-000000000001')
const other = feedIdOf('01900000-0000-7000-8000-000000000002')

let store: TestStore
beforeEach(async () => {
  store = await openTestStore()
})
afterEach(() => store[Symbol.asyncDispose]())

const overPostgres = () =>
  postgresBus({ pool: store.pool, clock: systemClock, logger: createLogger('silent') })

const natsUrl = process.env.NATS_URL ?? 'nats://127.0.0.1:4222'
const reachable = await new Promise<boolean>(resolve => {
  const { hostname, port } = new URL(natsUrl)
  const socket = connect(Number(port || 4222), hostname, () => {
    socket.destroy()
    resolve(true)
  })
  socket.once('error', () => resolve(false))
})
const overNats = requirement(`NATS at ${natsUrl}`, reachable)
  ? [['NATS', () => natsBus({ url: natsUrl, logger: createLogger('silent') })] as const]
  : []

describe.each([
  ['in process', () => inProcessBus()] as const,
  ['PostgreSQL', overPostgres] as const,
  ...overNats,
])('%s', (_name, open) => {
  let bus: Bus
  beforeEach(() => {
    bus = open()
  })
  afterEach(() => bus[Symbol.asyncDispose]())

  test('a wake-up reaches every listener of its feed and no other', async () => {
    const calls: string[] = []
    await bus.listen(one, () => calls.push('a'))
    await bus.listen(one, () => calls.push('b'))
    await bus.listen(other, () => calls.push('other'))
    calls.length = 0
    bus.wake(one)
    await until(() => calls.includes('a') && calls.includes('b'))
    expect(calls).not.toContain('other')
  })

  test('one function may listen twice, and stop once', async () => {
    let calls = 0
    const listener = () => {
      calls++
    }
    const stop = await bus.listen(one, listener)
    await bus.listen(one, listener)
    stop()
    stop()
    calls = 0
    bus.wake(one)
    await until(() => calls > 0)
  })

  test('who stopped is not called', async () => {
    let stopped = 0
    let going = 0
    const stop = await bus.listen(one, () => stopped++)
    await bus.listen(one, () => going++)
    stop()
    stopped = 0
    bus.wake(one)
    await until(() => going > 0)
    expect(stopped).toBe(0)
  })

  test('many wake-ups at once never fail', async () => {
    let calls = 0
    await bus.listen(one, () => calls++)
    for (let n = 0; n < 1000; n++) bus.wake(n % 2 ? one : other)
    await until(() => calls > 0)
  })

  test('disposed: no calls, no errors', async () => {
    let calls = 0
    await bus.listen(one, () => calls++)
    await bus[Symbol.asyncDispose]()
    calls = 0
    bus.wake(one)
    expect(calls).toBe(0)
  })
})

describe.each(overNats)('%s, between instances', (_name, open) => {
  test('a wake-up of one reaches the other', async () => {
    await using sender = open()
    await using receiver = open()
    let received = 0
    await receiver.listen(one, () => received++)
    await until(() => {
      sender.wake(one)
      return received > 0
    })
  })
})

describe('NATS that is not there', () => {
  test('fails nothing: this instance is woken all the same', async () => {
    const bus = natsBus({ url: 'nats://127.0.0.1:1', logger: createLogger('silent') })
    let calls = 0
    await bus.listen(one, () => calls++)
    bus.wake(one)
    expect(calls).toBe(1)
    await bus[Symbol.asyncDispose]()
  })
})

describe('PostgreSQL, between instances', () => {
  test('a wake-up of one reaches the other', async () => {
    await using sender = overPostgres()
    await using receiver = overPostgres()
    let calls = 0
    await receiver.listen(one, () => calls++)
    calls = 0
    sender.wake(one)
    await until(() => calls > 0)
  })

  test('a lost connection is replaced by itself, and everybody is woken then', async () => {
    await using sender = overPostgres()
    await using receiver = overPostgres()
    let calls = 0
    await receiver.listen(one, () => calls++)
    calls = 0
    await store.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen%'`,
    )
    await until(() => calls > 0)
    calls = 0
    await until(() => {
      sender.wake(one)
      return calls > 0
    })
  })

  test('a database that is not there fails nothing', async () => {
    const { Pool } = await import('pg')
    const pool = new Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/nowhere' })
    const bus = postgresBus({ pool, clock: systemClock, logger: createLogger('silent') })
    let calls = 0
    await bus.listen(one, () => calls++)
    bus.wake(one)
    expect(calls).toBe(1)
    await bus[Symbol.asyncDispose]()
    await pool.end()
  })
})
