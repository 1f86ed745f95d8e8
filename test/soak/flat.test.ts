// The verdict on a figure sees growth, and only growth.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seeded } from '../conformance/calls/seeded.ts'
import { flatFaults, growthOf, type Point, theilSen } from './flat.ts'

const looks = 100
const interval = 15
const most = 8

/** What is measured at the part of the time that has passed, 0 to 1, with noise of up to so much to both sides. */
function series(of: (part: number, index: number) => number, noise = 3): Point[] {
  const chance = seeded('noise')
  return Array.from({ length: looks }, (_, index) => ({
    seconds: index * interval,
    value: 100 + of(index / (looks - 1), index) + ((chance.below(2_001) - 1_000) / 1_000) * noise,
  }))
}
const faults = (points: readonly Point[]) => flatFaults({ name: 'memory', points, most })

test.each<[string, Point[]]>([
  ['nothing but noise', series(() => 0)],
  ['a little less than the limit', series(part => part * 7)],
  ['every fifth look far off', series((_, index) => (index % 5 === 0 ? 500 : 0))],
  ['a machine that is busy for a fifth of the time', series(part => (part > 0.4 && part < 0.6 ? 80 : 0))],
  ['teeth of a saw', series((_, index) => index % 10)],
  ['something that falls', series(part => -50 * part)],
  ['a cache that fills in the first tenth', series(part => Math.min(part, 0.1) * 60)],
])('%s is flat', (_what, points) => {
  expect(faults(points)).toEqual([])
})

test.each<[string, Point[]]>([
  ['a little more than the limit', series(part => part * 11)],
  ['a leak without noise', series(part => part * 11, 0)],
  ['a leak between looks that are far off', series((part, index) => (index % 5 === 0 ? 500 : part * 16))],
  ['a leak below the teeth of a saw', series((part, index) => part * 15 + (index % 10))],
  ['a step in the middle', series(part => (part > 0.5 ? 15 : 0))],
  ['a leak that begins late', series(part => Math.max(0, part - 0.75) * 100)],
  ['a leak that grows faster and faster', series(part => 60 * part ** 6)],
  ['a leak that begins at once and slows down', series(part => 30 * Math.sqrt(part))],
])('%s is a fault', (_what, points) => {
  expect(faults(points)).not.toEqual([])
})

test('a fault names the figure, and how far it grew', () => {
  expect(faults(series(part => part * 50, 0))[0]).toBe('memory: grows by 50.00, and 8 is the most.')
})

test.each<[string, Point[]]>([
  ['no look', []],
  ['too few of them', series(() => 0).slice(0, 10)],
  ['one without a figure', [...series(() => 0), { seconds: looks * interval, value: Number.NaN }]],
  [
    'one beyond all bounds',
    [...series(() => 0), { seconds: looks * interval, value: Number.POSITIVE_INFINITY }],
  ],
])('%s is a fault, not flat', (_what, points) => {
  expect(faults(points)).not.toEqual([])
})

test('the slope of a line is the line’s, wherever it begins, whatever a quarter of the points say', () => {
  const wild = fc.record({ at: fc.nat(39), value: fc.integer({ min: -1_000_000, max: 1_000_000 }) })
  fc.assert(
    fc.property(
      fc.integer({ min: -1_000, max: 1_000 }),
      fc.integer({ min: -50, max: 50 }),
      fc.array(wild, { maxLength: 10 }),
      (start, slope, wilds) => {
        const points = Array.from({ length: 40 }, (_, seconds) => ({
          seconds,
          value: start + slope * seconds,
        }))
        for (const { at, value } of wilds) points[at] = { seconds: at, value }
        // More than half of the pairs are still of two points of the line.
        expect(theilSen(points)).toBeCloseTo(slope, 6)
      },
    ),
  )
})

test('what is added to every look changes no growth', () => {
  const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 15, maxLength: 60 })
  fc.assert(
    fc.property(values, fc.integer({ min: -1_000, max: 1_000 }), (those, more) => {
      const points = (by: number) => those.map((value, seconds) => ({ seconds, value: value + by }))
      const [plain, moved] = [growthOf(points(0)), growthOf(points(more))]
      expect(moved.steady).toBeCloseTo(plain.steady, 6)
      expect(moved.late).toBeCloseTo(plain.late, 6)
    }),
  )
})
