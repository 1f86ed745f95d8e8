// Laws of cursors and schedules, for all inputs.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isJunctorError } from '../../src/errors.ts'
import { type Json, printJson } from '../../src/json.ts'
import { bindingHash, canonical, printArguments, readArguments } from '../../src/triggers/feeds/binding.ts'
import { feedIdOf } from '../../src/triggers/index.ts'
import { decodeCursor, encodeCursor } from '../../src/triggers/log/cursor.ts'
import { backoff, spreadOffset, untilNextPoll, untilNextSlot } from '../../src/triggers/schedule/next-due.ts'
import { withCallback } from '../../src/triggers/webhook/callback-body.ts'
import { jsonDepth } from '../../src/triggers/webhook/json-depth.ts'
import { wire } from '../invocation/definitions.ts'

const position = fc.record({ feedId: fc.uuid().map(feedIdOf), sequence: fc.maxSafeNat() })
const interval = fc.integer({ min: 1, max: 86_400_000 })
const now = fc.integer({ min: 0, max: 4e12 })

describe('cursors', () => {
  test('decode what was encoded', () =>
    fc.assert(
      fc.property(position, given => {
        expect(decodeCursor(encodeCursor(given))).toEqual(given)
      }),
    ))

  test('are opaque in a URL and differ for different positions', () =>
    fc.assert(
      fc.property(position, position, (one, other) => {
        expect(encodeCursor(one)).toMatch(/^[\w-]+$/)
        const same = one.feedId === other.feedId && one.sequence === other.sequence
        expect(encodeCursor(one) === encodeCursor(other)).toBe(same)
      }),
    ))

  test('any other text is CURSOR_INVALID, and nothing else is thrown', () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.stringMatching(/^[\w-]{39}$/)), given => {
        try {
          expect(encodeCursor(decodeCursor(given))).toBe(given)
        } catch (error) {
          expect(isJunctorError(error) && error.code).toBe('CURSOR_INVALID')
        }
      }),
    ))

  test('one changed character is noticed', () =>
    fc.assert(
      fc.property(position, fc.nat(), fc.constantFrom(...'ABCxyz019-_'), (given, at, letter) => {
        const cursor = encodeCursor(given)
        const place = at % cursor.length
        fc.pre(cursor[place] !== letter)
        const changed = cursor.slice(0, place) + letter + cursor.slice(place + 1)
        expect(() => decodeCursor(changed)).toThrow()
      }),
    ))
})

describe('schedules', () => {
  test('a slot is half an interval to one and a half away, always at the same phase', () =>
    fc.assert(
      fc.property(fc.uuid(), interval, now, (id, each, at) => {
        const wait = untilNextSlot(id, each, at)
        expect(wait).toBeGreaterThanOrEqual(each / 2)
        expect(wait).toBeLessThan(each * 1.5)
        expect((at + wait) % each).toBe(spreadOffset(id, each))
        expect(untilNextSlot(id, each, at)).toBe(wait)
      }),
    ))

  test('from a slot the next is exactly one interval away', () =>
    fc.assert(
      fc.property(fc.uuid(), interval, now, (id, each, at) => {
        const slot = at + untilNextSlot(id, each, at)
        expect(untilNextSlot(id, each, slot)).toBe(each)
      }),
    ))

  test('feeds are spread over the interval', () => {
    const tenths = new Set(
      Array.from({ length: 500 }, (_, n) => Math.floor(spreadOffset(`feed ${n}`, 60_000) / 6_000)),
    )
    expect([...tenths].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test('backoff has the interval as floor and a ceiling, grows, and is the same each time', () =>
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.integer({ min: 1, max: 1000 }),
        interval,
        interval,
        (id, failures, each, maximum) => {
          const wait = backoff(id, failures, each, maximum)
          expect(wait).toBeGreaterThanOrEqual(each)
          expect(wait).toBeLessThanOrEqual(Math.max(each, maximum))
          expect(backoff(id, failures, each, maximum)).toBe(wait)
          // A tenth less at most, in whole milliseconds.
          expect(backoff(id, failures + 1, each, maximum)).toBeGreaterThanOrEqual(Math.floor(wait * 0.9))
        },
      ),
    ))

  const outcome = fc.record({
    feedId: fc.uuid(),
    intervalSeconds: fc.integer({ min: 1, max: 86_400 }),
    intervalChosen: fc.boolean(),
    minimumSeconds: fc.integer({ min: 1, max: 60 }),
    retryAfterSeconds: fc.option(fc.nat(1_000_000), { nil: null }),
    fired: fc.boolean(),
    now,
  })
  test('the next poll is never sooner than the minimum allows', () =>
    fc.assert(
      fc.property(outcome, given => {
        const wait = untilNextPoll(given)
        expect(wait).toBeGreaterThanOrEqual((given.minimumSeconds * 1000) / 2)
        const asked = given.retryAfterSeconds
        if (asked !== null && asked > 0)
          expect(wait).toBeGreaterThanOrEqual(Math.min(asked, 24 * 3600) * 1000)
      }),
    ))

  test('connector-format §5.4: an answer without events does not shorten a chosen interval of a minute', () => {
    const given = { feedId: 'f', minimumSeconds: 1, retryAfterSeconds: 5, now: 0 }
    const wait = (rest: { intervalSeconds: number; intervalChosen: boolean; fired: boolean }) =>
      untilNextPoll({ ...given, ...rest })
    expect(wait({ intervalSeconds: 600, intervalChosen: true, fired: false })).toBeGreaterThanOrEqual(300_000)
    expect(wait({ intervalSeconds: 600, intervalChosen: false, fired: false })).toBe(5_000)
    expect(wait({ intervalSeconds: 30, intervalChosen: true, fired: false })).toBe(5_000)
    expect(wait({ intervalSeconds: 600, intervalChosen: true, fired: true })).toBe(5_000)
  })
})

const json = fc.jsonValue().map(value => value as Json)

describe('bindings', () => {
  const shuffled = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(shuffled)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([name, member]) => [name, shuffled(member)]),
    )
  }
  const binding = (body: Json) => ({
    organizationId: 'o',
    connector: 'c',
    importId: null,
    operationId: 'p',
    field: 'c_p',
    connectionId: null,
    arguments: wire({}, body),
  })

  test('the order of members makes no other feed; another value does', () =>
    fc.assert(
      fc.property(json, json, (one, other) => {
        expect(bindingHash(binding(shuffled(one)))).toBe(bindingHash(binding(one)))
        const same = JSON.stringify(canonical(one)) === JSON.stringify(canonical(other))
        expect(bindingHash(binding(one)) === bindingHash(binding(other))).toBe(same)
      }),
    ))

  test('stored arguments come back', () =>
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), fc.option(json, { nil: undefined }), (query, body) => {
        const given = wire({ query }, body)
        expect(printJson(readArguments(printArguments(given)))).toBe(printJson(given))
      }),
    ))
})

describe('bodies', () => {
  test('the callback is at its path, and the rest is as it was', () =>
    fc.assert(
      fc.property(
        json,
        fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1, maxLength: 4 }),
        (body, path) => {
          const before = JSON.stringify(body)
          const placed = withCallback(body, [path], 'URL')
          const found = path.reduce<unknown>(
            (value, name) => (value as Record<string, unknown>)[name],
            placed,
          )
          expect(found).toBe('URL')
          expect(JSON.stringify(body)).toBe(before)
          if (typeof body === 'object' && body !== null && !Array.isArray(body))
            expect(placed).toMatchObject(
              Object.fromEntries(Object.entries(body).filter(([name]) => name !== path[0])),
            )
        },
      ),
    ))

  test('the depth of JSON text is that of its value', () => {
    const depth = (value: Json): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0
    fc.assert(
      fc.property(json, value => {
        expect(jsonDepth(JSON.stringify(value))).toBe(depth(value))
      }),
    )
  })
})
