// When a registration is made anew, and where it can be looked for.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expiryOf, renewalOf, withFreshExpiry } from '../../../src/triggers/webhook/expiry.ts'
import { canLookUp } from '../../../src/triggers/webhook/look-up.ts'
import { definition, operation } from '../../invocation/definitions.ts'

const minute = 60_000
const hour = 60 * minute
const now = Date.parse('2030-01-01T00:00:00Z')

test('a registration is made anew in the second half of its life, and the old one overlaps as little as it must', () => {
  const life = fc.integer({ min: minute, max: 400 * 24 * hour })
  fc.assert(
    fc.property(life, fc.boolean(), (milliseconds, deletable) => {
      const renewal = renewalOf(now + milliseconds, now, deletable)
      expect(renewal).toBeGreaterThanOrEqual(now + milliseconds / 2)
      expect(renewal).toBeLessThan(now + milliseconds)
      if (!deletable) expect(now + milliseconds - renewal).toBeLessThanOrEqual(minute)
    }),
  )
  expect(renewalOf(now + 10 * hour, now, true)).toBe(now + 8 * hour)
  expect(renewalOf(now + 3 * hour, now, true)).toBe(now + 2 * hour)
  expect(renewalOf(now + hour, now, true)).toBe(now + hour / 2)
})

test('any answer has a moment ahead, or none', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom('expirationDateTime', 'expires_at'), (value, name) => {
      const moment = expiryOf(JSON.parse(JSON.stringify({ [name]: value })), now)
      if (moment !== null) expect(moment).toBeGreaterThan(now)
    }),
  )
})

test('the body says a time as far ahead as it did, and nothing else changes', () => {
  const body = { resource: 'me/events', expirationDateTime: '2029-12-31T06:00:00.000Z', id: 10n }
  const made = Date.parse('2029-12-31T00:00:00Z')
  expect(withFreshExpiry(body, made, now)).toEqual({
    ...body,
    expirationDateTime: '2030-01-01T06:00:00.000Z',
  })
  for (const other of [
    null,
    [],
    {},
    { expirationDateTime: 'soon' },
    { expirationDateTime: '2020-01-01T00:00:00Z' },
  ])
    expect(withFreshExpiry(other, made, now)).toEqual(other)
})

test.each([
  ['https://api.example.com/v1/hooks/17', true],
  ['https://api.example.com/v1/hooks/17/', true],
  ['https://api.example.com/v1/hooks/17?a=b', true],
  ['https://api.example.com/hooks/17', false],
  ['https://api.example.com/v1/hooks/17/tests', false],
  ['https://api.example.com/v1/hooks/', false],
  ['https://api.example.com/v1/me', false],
  ['https://api.example.com/v1/other/17', false],
  ['no address', false],
])('%s can be looked up: %s', (location, expected) => {
  const connector = definition('https://api.example.com/v1', {
    operations: [
      operation({ path: '/hooks/{id}' }),
      operation({ id: 'me', path: '/me' }),
      operation({ id: 'other', method: 'DELETE', path: '/other/{id}' }),
    ],
  })
  expect(canLookUp(connector, location)).toBe(expected)
})
