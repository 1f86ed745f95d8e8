// Laws of the small languages: filters, names, states and numbers.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  comparisons,
  type Filter,
  type Literal,
  matches,
  parseFilter,
  printFilter,
} from '../../../connectors/sql/filter.ts'
import { readMoment } from '../../../connectors/sql/moments.ts'
import { exactDecimal, exactInteger, shortestSingle } from '../../../connectors/sql/numbers.ts'
import { rowBudget } from '../../../connectors/sql/row-budget.ts'
import {
  mostSeen,
  printTriggerState,
  readTriggerState,
  type TriggerState,
} from '../../../connectors/sql/trigger-state.ts'

const name = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
  fc.constantFrom('and', 'NOT', 'null', 'contains', 'a.b', 'a-b', 'Größe', '"', '1st'),
)
const literal: fc.Arbitrary<Literal> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom("'", "''", "x' or 'y", '\\', ''),
  fc.boolean(),
  fc.constant(null),
  fc.bigInt().map(value => ({ number: String(value) })),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => ({ number: String(value) })),
)
const { filter } = fc.letrec<{ filter: Filter }>(tie => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      type: fc.constant('comparison' as const),
      column: name,
      operator: fc.constantFrom(...comparisons),
      value: literal,
    }),
    fc.record({
      type: fc.constant('match' as const),
      how: fc.constantFrom(...matches),
      column: name,
      text: fc.string(),
    }),
    fc.record({ type: fc.constant('not' as const), operand: tie('filter') }),
    fc.record({
      type: fc.constantFrom('and' as const, 'or' as const),
      left: tie('filter'),
      right: tie('filter'),
    }),
  ),
}))

describe('filters', () => {
  test('print as text that reads as the same filter', () => {
    fc.assert(
      fc.property(filter, tree => {
        expect(parseFilter(printFilter(tree))).toEqual(tree)
      }),
    )
  })

  test('of any text are read or refused with a sentence', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        try {
          parseFilter(text)
        } catch (error) {
          expect(error).toMatchObject({ status: 400, message: expect.stringMatching(/^The filter /) })
        }
      }),
    )
  })

  test('bind "and" closer than "or", both from the left', () => {
    expect(printFilter(parseFilter('a eq 1 or b eq 2 and c eq 3 and d eq 4'))).toBe(
      '(a eq 1) or (((b eq 2) and (c eq 3)) and (d eq 4))',
    )
  })
})

describe('trigger states', () => {
  const fingerprint = fc.stringMatching(/^[\w-]{8}$/)
  const state: fc.Arbitrary<TriggerState> = fc.record({
    trigger: fc.constantFrom('new' as const, 'updated' as const),
    table: fc.string(),
    column: fc.string(),
    after: fc.option(fc.string()),
    seen: fc.array(fingerprint, { maxLength: mostSeen }),
    from: fc.option(fc.array(fc.string(), { maxLength: 4 })),
  })

  test('are read as they were printed', () => {
    fc.assert(
      fc.property(state, given => {
        expect(readTriggerState(printTriggerState(given), given)).toEqual(given)
      }),
    )
  })

  test('fit into a header', () => {
    const full = Array.from({ length: mostSeen }, () => 'abcdefgh')
    const longest = {
      trigger: 'new' as const,
      table: 't'.repeat(63),
      column: 'c',
      after: 'a',
      seen: full,
      from: null,
    }
    expect(printTriggerState(longest).length).toBeLessThan(8 * 1024)
  })
})

describe('numbers', () => {
  test('of any size stay the integers they are', () => {
    fc.assert(
      fc.property(fc.bigInt(), value => {
        expect(String(exactInteger(String(value)))).toBe(String(value))
      }),
    )
  })

  test('with a fraction keep their value, as a number or as text', () => {
    const digits = fc.stringMatching(/^\d{1,20}$/)
    fc.assert(
      fc.property(fc.boolean(), digits, digits, (negative, whole, fraction) => {
        const text = `${negative ? '-' : ''}${whole}.${fraction}`
        const read = exactDecimal(text)
        if (typeof read === 'string') expect(read).toBe(text)
        else expect(sameDecimal(read, text)).toBe(true)
      }),
    )
    expect(exactDecimal('12.50')).toBe(12.5)
    expect(exactDecimal('12345678901234.5678')).toBe('12345678901234.5678')
    expect(exactDecimal('NaN')).toBe('NaN')
  })

  /** Compares by digits: the shortest text that reads as the number must be the decimal without needless zeros. */
  function sameDecimal(read: number, text: string): boolean {
    const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
    const scaled = BigInt(whole + fraction.padEnd(20, '0'))
    const [otherWhole = '0', otherFraction = ''] = Math.abs(read).toFixed(20).split('.')
    // Within half a unit of the fifteenth digit, where the double is the nearest one.
    const difference = scaled - BigInt(otherWhole + otherFraction.padEnd(20, '0'))
    const tolerance = scaled / 10n ** 15n + 1n
    return (difference < 0n ? -difference : difference) <= tolerance && Number(text) === read
  }
})

test('a single-precision number prints in no more digits than tell it apart', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), number => {
      const short = shortestSingle(number)
      expect(Math.fround(short)).toBe(number)
      expect(String(short).length).toBeLessThanOrEqual(String(number).length)
    }),
  )
  expect(shortestSingle(Math.fround(0.1))).toBe(0.1)
})

describe('moments', () => {
  const at = fc.date({ min: new Date('1000-01-01'), max: new Date('9998-12-31'), noInvalidDate: true })
  test('with an offset are moved to UTC', () => {
    fc.assert(
      fc.property(
        at,
        fc.integer({ min: -14 * 60, max: 14 * 60 }),
        fc.constantFrom(':', ''),
        (date, minutes, colon) => {
          const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, -1)
          const part = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, '0')
          const offset = `${minutes < 0 ? '-' : '+'}${part(minutes / 60)}${colon}${part(minutes % 60)}`
          const moment = readMoment(`${local}${offset}`)
          expect(moment?.hasOffset).toBe(true)
          expect(new Date(`${moment?.text.replace(' ', 'T')}Z`)).toEqual(date)
        },
      ),
    )
  })
  test.each([
    ['2026-01-31T10:00', { text: '2026-01-31 10:00', hasOffset: false }],
    ['2026-01-31 10:00:00.123456z', { text: '2026-01-31 10:00:00.123456', hasOffset: true }],
    ['2026-01-31T10:00:00.123456+02', { text: '2026-01-31 08:00:00.123456', hasOffset: true }],
    ['2026-13-31T10:00:00+02:00', null],
    ['infinity', null],
  ])('read %s', (text, moment) => expect(readMoment(text)).toEqual(moment))
})

test('a budget takes rows from the first on, one at least, and none after one that it left out', () => {
  const sizes = fc.array(fc.nat({ max: 30 }), { minLength: 1 })
  fc.assert(
    fc.property(sizes, fc.nat({ max: 100 }), fc.integer({ min: 1, max: 10 }), (given, bytes, most) => {
      const budget = rowBudget({ rows: most, bytes })
      const all = given.map(size => ({ t: 'x'.repeat(size) }))
      const taken = all.map(budget.take)
      const count = budget.rows.length
      expect(budget.rows).toEqual(all.slice(0, count))
      expect(taken).toEqual(all.map((_row, index) => index < count))
      const length = JSON.stringify(budget.rows).length - 1 - count
      expect(count === 1 || length <= bytes).toBe(true)
      expect(count).toBeLessThanOrEqual(most)
    }),
  )
})
