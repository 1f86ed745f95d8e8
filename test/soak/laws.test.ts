// The laws see what they are there to see.
import { expect, test } from 'vitest'
import { sawAll, sawNoGap } from './laws.ts'

test('everything once and in order is in order', () => {
  expect(sawAll('x', [1, 2, 3], 3)).toEqual([])
  expect(sawAll('x', [], 0)).toEqual([])
})

test.each<[string, number[]]>([
  ['nothing', []],
  ['a lost first', [2, 3]],
  ['a lost one', [1, 3]],
  ['a lost last', [1, 2]],
  ['one twice', [1, 2, 2, 3]],
  ['another order', [1, 3, 2]],
  ['one that nobody gave', [1, 2, 3, 4]],
])('%s is a fault', (_what, seen) => {
  expect(sawAll('x', seen, 3)).not.toEqual([])
})

test('who came later may begin anywhere, and misses nothing from there', () => {
  expect(sawNoGap('x', [])).toEqual([])
  expect(sawNoGap('x', [7, 8, 9])).toEqual([])
  expect(sawNoGap('x', [7, 9])).toEqual(['x saw 9 behind 7.'])
  expect(sawNoGap('x', [7, 8, 8])).not.toEqual([])
  expect(sawNoGap('x', [7, 8, 7])).not.toEqual([])
})
