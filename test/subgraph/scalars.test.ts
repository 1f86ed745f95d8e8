// The shared scalars: exact integers, tolerant dates, JSON in any form.
import fc from 'fast-check'
import { parseValue } from 'graphql'
import { describe, expect, test } from 'vitest'
import { parseJson, printJson } from '../../src/json.ts'
import { scalars } from '../../src/subgraph/index.ts'

const { BigInt: large, DateTime: dateTime, JSON: json } = scalars

describe('BigInt', () => {
  test('is exact from text to text', () => {
    fc.assert(
      fc.property(fc.bigInt(), integer => {
        const text = String(integer)
        for (const given of [integer, text]) expect(String(large.serialize(given))).toBe(text)
        expect(String(large.parseValue(parseJson(text)))).toBe(text)
        expect(String(large.parseLiteral(parseValue(text)))).toBe(text)
        expect(printJson({ n: large.serialize(integer) })).toBe(`{"n":${text}}`)
      }),
    )
  })

  test.each(['1.5', '"x"', 'true', '[1]', 'null'])('refuses %s', literal => {
    expect(() => large.parseLiteral(parseValue(literal))).toThrow('BigInt')
    expect(() => large.parseValue(parseJson(literal))).toThrow('BigInt')
  })
})

describe('DateTime', () => {
  test.each([
    '2030-01-31T12:00:00Z',
    '2030-01-31T12:00:00.123+02:00',
    '2030-01-31',
    '2030-01',
    'Thu, 31 Jan 2030 12:00:00 GMT',
  ])('takes %s', text => {
    expect(dateTime.parseValue(text)).toBe(text)
  })

  test.each(['tomorrow', 5, null, {}])('refuses %j', value => {
    expect(() => dateTime.parseValue(value)).toThrow('DateTime')
  })

  test('passes any text on the way out', () => {
    expect(dateTime.serialize('yesterday')).toBe('yesterday')
    expect(dateTime.serialize(new Date(0))).toBe('1970-01-01T00:00:00.000Z')
  })
})

describe('JSON', () => {
  test('literals are values, variables in them too', () => {
    const literal = parseValue(
      '{a: [1, 9007199254740993, 1.5, "x", true, null, E], b: $v, c: {d: $w}, __proto__: 1}',
    )
    const value = json.parseLiteral(literal, { v: { x: 1n } })
    expect(value).toEqual(
      Object.fromEntries([
        ['a', [1, 9007199254740993n, 1.5, 'x', true, null, 'E']],
        ['b', { x: 1n }],
        ['c', { d: null }],
        ['__proto__', 1],
      ]),
    )
  })

  test('values pass as they are', () => {
    const value = { n: 9007199254740993n }
    expect(json.serialize(value)).toBe(value)
    expect(json.parseValue(value)).toBe(value)
  })
})
