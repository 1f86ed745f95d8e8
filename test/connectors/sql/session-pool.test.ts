import { expect, test, vi } from 'vitest'
import { createSessionPool } from '../../../connectors/sql/session-pool.ts'
import type { Clock } from '../../../src/clock.ts'

interface Session {
  readonly id: number
  ended: boolean
  destroyed: boolean
}

/** A pool of at most two sessions, and a clock that fires everything when told. */
function openPool(open: () => Promise<void> = async () => {}, close: () => Promise<void> = async () => {}) {
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
      const session = { id: sessions.length, ended: false, destroyed: false }
      sessions.push(session)
      return session
    },
    async close(session) {
      session.ended = true
      await close()
    },
    destroy(session) {
      session.destroyed = true
    },
    alive: session => !session.ended,
    most: 2,
    workMilliseconds: 35_000,
    clock,
  })
  const fire = () => {
    for (const callback of [...timers]) callback()
  }
  /** Takes a session until it is told to release it. */
  const lease = async (signal = neverAborts) => {
    const taken = Promise.withResolvers<Session>()
    const released = Promise.withResolvers<void>()
    const used = pool.use(
      async session => {
        taken.resolve(session)
        await released.promise
      },
      { signal },
    )
    used.catch(taken.reject)
    return { session: await taken.promise, release: released.resolve, used }
  }
  return { pool, lease, sessions, fire, timers }
}

const neverAborts = new AbortController().signal
const never = () => new Promise<never>(() => {})

test('a session is used again, but not once it ended or served a single call', async () => {
  const { pool, sessions } = openPool()
  const id = (alone = false) => pool.use(async session => session.id, { signal: neverAborts, alone })
  expect(await id()).toBe(0)
  expect(await id()).toBe(0)
  const ending = pool.use(
    async session => {
      session.ended = true
      return session.id
    },
    { signal: neverAborts },
  )
  expect(await ending).toBe(0)
  expect(await id()).toBe(1)
  expect(await id(true)).toBe(2)
  expect(sessions[2]?.ended).toBe(true)
  expect(await id()).toBe(1)
})

test('who comes when all are taken waits for the next, in turn', async () => {
  const { lease } = openPool()
  const [one] = await Promise.all([lease(), lease()])
  const order: string[] = []
  const waiting = ['first', 'second'].map(async name => {
    const { release } = await lease()
    order.push(name)
    release()
  })
  one.release()
  await Promise.all(waiting)
  expect(order).toEqual(['first', 'second'])
})

test('who waits too long, or leaves, is told so and takes no place', async () => {
  const { pool, lease, timers } = openPool()
  const [one] = await Promise.all([lease(), lease()])
  const working = new Set(timers)
  const waiting = pool.use(async () => {}, { signal: neverAborts })
  for (const callback of [...timers]) if (!working.has(callback)) callback()
  await expect(waiting).rejects.toMatchObject({ status: 503 })
  const caller = new AbortController()
  const leaving = pool.use(async () => {}, { signal: caller.signal })
  caller.abort()
  await expect(leaving).rejects.toMatchObject({ code: 'CallerLeft' })
  one.release()
  await lease()
})

test('a session that cannot be opened gives its place back', async () => {
  let broken = true
  const { pool, lease } = openPool(async () => {
    if (broken) throw new Error('Nobody answers.')
  })
  for (let attempt = 0; attempt < 5; attempt += 1)
    await expect(pool.use(async () => {}, { signal: neverAborts })).rejects.toThrow('Nobody answers.')
  broken = false
  await Promise.all([lease(), lease()])
})

test('a server that falls silent costs the session, not its place', async () => {
  const { pool, lease, sessions, fire } = openPool()
  const silent = [0, 1].map(() => pool.use(never, { signal: neverAborts }))
  for (const use of silent) use.catch(() => {})
  await Promise.resolve()
  fire()
  for (const use of silent) await expect(use).rejects.toMatchObject({ status: 504, code: 'StatementTimeout' })
  expect(sessions.map(({ destroyed }) => destroyed)).toEqual([true, true])
  expect((await lease()).session.id).toBe(2)
})

test('a caller that leaves takes its session along', async () => {
  const { pool, lease, sessions } = openPool()
  const caller = new AbortController()
  const use = pool.use(never, { signal: caller.signal })
  await lease()
  caller.abort()
  await expect(use).rejects.toMatchObject({ code: 'CallerLeft' })
  expect(sessions[0]?.destroyed).toBe(true)
  await lease()
  await expect(pool.use(async () => {}, { signal: caller.signal })).rejects.toMatchObject({
    code: 'CallerLeft',
  })
})

test('a session that opens after its caller left is not kept', async () => {
  const opening = Promise.withResolvers<void>()
  const { pool, sessions } = openPool(() => opening.promise)
  const caller = new AbortController()
  const use = pool.use(async () => {}, { signal: caller.signal })
  caller.abort()
  await expect(use).rejects.toMatchObject({ code: 'CallerLeft' })
  opening.resolve()
  await vi.waitFor(() => expect(sessions[0]?.destroyed).toBe(true))
})

test('a session that cannot take leave is ended all the same', async () => {
  const { pool, sessions, fire } = openPool(undefined, never)
  await pool.use(async () => {}, { signal: neverAborts, alone: true })
  fire()
  expect(sessions[0]?.destroyed).toBe(true)
})

test('idle sessions are closed after a while, and all of them in the end', async () => {
  const { pool, lease, sessions, fire } = openPool()
  await pool.use(async () => {}, { signal: neverAborts })
  fire()
  expect(sessions.map(({ ended }) => ended)).toEqual([true])
  const busy = await lease()
  await pool[Symbol.asyncDispose]()
  busy.release()
  await busy.used
  expect(sessions.map(({ ended }) => ended)).toEqual([true, true])
  await expect(lease()).rejects.toMatchObject({ status: 503 })
})
