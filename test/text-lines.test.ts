import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLineReader } from '../src/text-lines.ts'

test('lines are the same however the stream is cut', () => {
  const line = fc.string({ unit: 'grapheme' }).filter(text => !text.includes('\n'))
  const cuts = fc.array(fc.nat({ max: 200 }))
  fc.assert(
    fc.property(fc.array(line), cuts, (lines, places) => {
      const bytes = Buffer.from(lines.map(text => `${text}\n`).join(''))
      const ends = [...places.map(place => Math.min(place, bytes.length)), bytes.length].sort((a, b) => a - b)
      const read = createLineReader(10_000)
      const found = ends.flatMap((end, index) => read(bytes.subarray(ends[index - 1] ?? 0, end)))
      expect(found).toEqual(lines)
    }),
  )
})

test('a line without end is refused when it is too long, and not kept', () => {
  const read = createLineReader(100)
  expect(read(Buffer.from(`${'a'.repeat(90)}\n${'b'.repeat(90)}`))).toEqual(['a'.repeat(90)])
  expect(() => read(Buffer.from('b'.repeat(20)))).toThrow('more than 100')
})
