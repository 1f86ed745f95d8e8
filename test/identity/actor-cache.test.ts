// What is remembered of people: for whom the store is asked, when, and what somebody gets meanwhile.
import { hash } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { createActorCache } from '../../src/identity/actor-cache.ts'
import type { Actor } from '../../src/identity/index.ts'

const everybody = Array.from({ length: 200 }, (_, n) => hash('sha256', `person ${n}`, 'base64url'))
const [somebody = ''] = everybody
const actorOf = (userId: string): Actor => ({
  userId,
  email: 'ada@example.com',
  name: null,
  admin: false,
  organizationId: 'o',
  organizationIds: ['o'],
  teamIds: [],
  sessionId: `session:${userId}`,
  expiresAt: Number.MAX_SAFE_INTEGER,
})

let now = 0
const clock = { now: () => now, after: () => () => {} }
let asked: string[] = []
let answer: (fingerprint: string) => Promise<Actor | null> = async fingerprint => actorOf(fingerprint)

function open() {
  const cache = createActorCache(clock)
  return {
    ...cache,
    get: (fingerprint: string) =>
      cache.get(fingerprint, () => {
        asked.push(fingerprint)
        return answer(fingerprint)
      }),
  }
}
/** What was begun in the background has come to its end. */
const settled = () => new Promise(resolve => setImmediate(resolve))

beforeEach(() => {
  now = 0
  asked = []
  answer = async fingerprint => actorOf(fingerprint)
})

test('who is asked for by many at once is looked up once', async () => {
  const cache = open()
  const found = await Promise.all(Array.from({ length: 5 }, () => cache.get(somebody)))
  expect(found).toEqual(Array.from({ length: 5 }, () => actorOf(somebody)))
  expect(asked).toEqual([somebody])
})

test('nobody waits for who was known before, and those who came together are looked up one after the other', async () => {
  const cache = open()
  for (const each of everybody) await cache.get(each)
  asked = []
  answer = () => new Promise(() => {})
  const perSecond: number[] = []
  for (now = 1_000; now < 15_000; now += 1_000) {
    const before = asked.length
    for (const each of everybody) expect(await cache.get(each)).toEqual(actorOf(each))
    perSecond.push(asked.length - before)
  }
  expect(new Set(asked).size).toBe(everybody.length)
  expect(asked.length).toBe(everybody.length)
  expect(Math.max(...perSecond)).toBeLessThan(everybody.length / 2)
})

test('who lost access is told so after the look-up that found it, and after 15 seconds in any case', async () => {
  const cache = open()
  await cache.get(somebody)
  answer = async () => null
  now = 14_500
  expect(await cache.get(somebody)).toEqual(actorOf(somebody))
  await settled()
  expect(await cache.get(somebody)).toBeNull()

  answer = async fingerprint => actorOf(fingerprint)
  await cache.get(somebody)
  answer = async () => null
  now += 15_000
  expect(await cache.get(somebody)).toBeNull()
})

test('a store that does not answer takes nobody’s place away before the 15 seconds, and is told of then', async () => {
  const cache = open()
  await cache.get(somebody)
  answer = () => Promise.reject(new Error('away'))
  now = 14_500
  expect(await cache.get(somebody)).toEqual(actorOf(somebody))
  await settled()
  expect(await cache.get(somebody)).toEqual(actorOf(somebody))
  await settled()
  now = 15_000
  await expect(cache.get(somebody)).rejects.toThrow('away')
  answer = async fingerprint => actorOf(fingerprint)
  expect(await cache.get(somebody)).toEqual(actorOf(somebody))
})

test('what was being looked up when all were forgotten is not remembered, nor given to who asks after it', async () => {
  const cache = open()
  const old = Promise.withResolvers<Actor | null>()
  answer = () => old.promise
  const before = cache.get(somebody)
  cache.clear()
  answer = async () => null
  expect(await cache.get(somebody)).toBeNull()
  old.resolve(actorOf('old'))
  expect(await before).toEqual(actorOf('old'))
  expect(await cache.get(somebody)).toBeNull()
})
