// Streams end when they must: left, refused, or failed, and never without saying so.
import { expect, test } from 'vitest'
import { JunctorError } from '../../src/errors.ts'
import { guardedEvents } from '../../src/gateway/guarded-events.ts'
import { mappedEvents } from '../../src/gateway/mapped-events.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { handClock, pushedSource } from './pushed-source.ts'

const revoked = new JunctorError('CONNECTION_NOT_FOUND', 'There is no such connection.')

function guarded(check: () => Promise<void>) {
  const from = pushedSource<number>()
  const time = handClock()
  const events = guardedEvents({
    source: from.iterator,
    check,
    stop: from.stop,
    clock: time.clock,
    logger: createLogger('silent'),
  })
  return { from, time, events }
}

test('an idle stream ends with the refusal, and looks no more', async () => {
  let allowed = true
  const { from, time, events } = guarded(async () => {
    if (!allowed) throw revoked
  })
  const next = events.next()
  await time.pass()
  expect(from.stopped()).toBe(false)
  allowed = false
  const refused = expect(next).rejects.toBe(revoked)
  await time.pass()
  await refused
  expect(from.stopped()).toBe(true)
  expect(time.due.size).toBe(0)
})

test('an event is not told to somebody who may not read any more', async () => {
  const { from, time, events } = guarded(() => Promise.reject(revoked))
  from.push(1)
  await expect(events.next()).rejects.toBe(revoked)
  expect(from.stopped()).toBe(true)
  expect(time.due.size).toBe(0)
})

test('a slow consumer’s stream ends too, and is told when it asks', async () => {
  const { from, time, events } = guarded(() => Promise.reject(revoked))
  await time.pass()
  expect(from.stopped()).toBe(true)
  from.push(1)
  await expect(events.next()).rejects.toBe(revoked)
})

test.each([
  new Error('the connection to the store broke'),
  new JunctorError('STORE_UNAVAILABLE', 'The store is away.'),
])('%s ends no idle stream', async trouble => {
  let away = true
  const { from, time, events } = guarded(async () => {
    if (away) throw trouble
  })
  const next = events.next()
  await time.pass()
  expect(from.stopped()).toBe(false)
  away = false
  from.push(1)
  expect(await next).toEqual({ done: false, value: 1 })
})

test('a stream that is left looks no more', async () => {
  const { from, time, events } = guarded(async () => {})
  const next = events.next()
  await events.return()
  expect((await next).done).toBe(true)
  expect(from.stopped()).toBe(true)
  expect(time.due.size).toBe(0)
})

test('a source that fails is a stream that is over', async () => {
  let stopped = false
  const broken: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(revoked) }),
  }
  const events = mappedEvents(
    broken,
    value => value,
    () => {
      stopped = true
    },
  )
  await expect(events.next()).rejects.toBe(revoked)
  expect(stopped).toBe(true)
})
