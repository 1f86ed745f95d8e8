// JSON in and out without loss: integers of any size are themselves, and everything else is what JSON.parse makes of it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Json, parseJson, printJson } from '../src/json.ts'

const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown }

/** Digits of any number of places, negative too. */
const integerText = fc
  .tuple(fc.constantFrom('', '-'), fc.stringMatching(/^(0|[1-9]\d{0,40})$/))
  .map(([sign, digits]) => (digits === '0' ? '0' : `${sign}${digits}`))

const integer = integerText.map(text => {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
})

const leaf = fc.oneof(
  integer,
  // A whole one is an integer when it has been printed.
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter(real => !Number.isInteger(real)),
  fc.stringMatching(/^[\d.,:"\\\- ]{0,60}$/),
  fc.boolean(),
  fc.constant(null),
)
const value = fc.letrec<{ value: Json }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.stringMatching(/^[a-z\d]{1,20}$/), tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
})).value

describe('parseJson and printJson', () => {
  test('what is printed is parsed again as it was', () => {
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 2), (given, indent) => {
        expect(parseJson(printJson(given, indent))).toEqual(given)
      }),
      { numRuns: 500 },
    )
  })

  test.each(['', '[', '{"a":', '["x",', '[0.5,', ' '])('a long integer behind %j is exact', before => {
    const close = { '[': ']', '{': '}' }[before.trim()[0] ?? ''] ?? ''
    fc.assert(
      fc.property(integerText, fc.nat({ max: 40 }), (text, spaces) => {
        const parsed = parseJson(`${before}${' '.repeat(spaces)}${text}${close}`)
        const expected = JSON.parse(`${before}"${text}"${close}`)
        expect(JSON.parse(printJson(parsed), (_key, member) => member)).toEqual(JSON.parse(printJson(parsed)))
        expect(printJson(parsed)).toBe(
          JSON.stringify(expected, (_key, member) =>
            member === text ? rawJSON(text.replace(/^-0$/, '0')) : member,
          ),
        )
      }),
    )
  })

  test('a number is a number where it is exact, with a fraction or an exponent', () => {
    const text =
      '[9007199254740991, 0.1234567890123456789, 1e400, 12345678901234567890e-5, "9007199254740993"]'
    expect(parseJson(text)).toEqual(JSON.parse(text))
  })

  test('a fraction of a million digits is read at once', () => {
    const digits = '1'.repeat(1_000_000)
    expect(parseJson(`[0.${digits}, 90071992547409931]`)).toEqual([Number(`0.${digits}`), 90071992547409931n])
  })

  test('what is no JSON throws, as printing a circle does', () => {
    expect(() => parseJson('{"a": 90071992547409931')).toThrow(SyntaxError)
    const circle: Record<string, unknown> = { big: 1n }
    circle.self = circle
    expect(() => printJson(circle)).toThrow(TypeError)
  })
})
