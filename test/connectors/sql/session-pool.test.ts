import { expect, test } from 'vitest'
import { createSessionPool } from '../../../connectors/sql/session-pool.ts'
import type { Clock } from '../../../src/clock.ts'

interface Session {
  readonly id: number
  ended: boolean
}

/** A pool of at most two sessions, and a clock that fires everything when told. */
function openPool(open: () => Promise<void> = async () => {}) {
  const timers = new Set<() => void>()
  const clock: Clock = {
    now: () => 0,
    after(_milliseconds, callback) {
      timers.add(callback)
      return () => timers.delete(callback)
    },
  }
  const sessions: Session[] = []
  const pool = createSessionPool<Session>({
    async open() {
      await open()
      const session = { id: sessions.length, ended: false }
      sessions.push(session)
      return session
    },
    close: async session => {
      session.ended = true
    },
    alive: session => !session.ended,
    most: 2,
    clock,
  })
  const fire = () => {
    for (const callback of [...timers]) callback()
  }
  return { pool, sessions, fire }
}

test('a session is used again, but not once it ended or served a single call', async () => {
  const { pool, sessions } = openPool()
  const first = await pool.lease()
  first.release()
  const second = await pool.lease()
  expect(second.session).toBe(first.session)
  second.session.ended = true
  second.release()
  expect((await pool.lease()).session.id).toBe(1)
  expect(await pool.once(async ({ id }) => id)).toBe(2)
  expect(sessions[2]?.ended).toBe(true)
})

test('who comes when all are taken waits for the next, in turn', async () => {
  const { pool } = openPool()
  const [one] = await Promise.all([pool.lease(), pool.lease()])
  const order: string[] = []
  const waiting = ['first', 'second'].map(async name => {
    const lease = await pool.lease()
    order.push(name)
    lease.release()
  })
  one.release()
  await Promise.all(waiting)
  expect(order).toEqual(['first', 'second'])
})

test('who waits too long is told to come again, and takes no place', async () => {
  const { pool, fire } = openPool()
  const [one] = await Promise.all([pool.lease(), pool.lease()])
  const waiting = pool.lease()
  fire()
  await expect(waiting).rejects.toMatchObject({ status: 503 })
  one.release()
  await pool.lease()
})

test('a session that cannot be opened gives its place back', async () => {
  let broken = true
  const { pool } = openPool(async () => {
    if (broken) throw new Error('Nobody answers.')
  })
  for (let attempt = 0; attempt < 5; attempt += 1)
    await expect(pool.lease()).rejects.toThrow('Nobody answers.')
  broken = false
  await Promise.all([pool.lease(), pool.lease()])
})

test('idle sessions are closed after a while, and all of them in the end', async () => {
  const { pool, sessions, fire } = openPool()
  const [one, two] = await Promise.all([pool.lease(), pool.lease()])
  one.release()
  fire()
  expect(sessions.map(({ ended }) => ended)).toEqual([true, false])
  await pool[Symbol.asyncDispose]()
  two.release()
  expect(sessions.map(({ ended }) => ended)).toEqual([true, true])
  await expect(pool.lease()).rejects.toMatchObject({ status: 503 })
})
