// The verdict sees what it is there to see.
import { expect, test } from 'vitest'
import { type FeedOutcome, verdict } from './verdict.ts'

const outcome = (numbers: readonly number[], rest: Partial<FeedOutcome> = {}): FeedOutcome => ({
  name: 'feed',
  log: numbers.map(n => ({ key: String(n), n })),
  items: 3,
  inOrder: true,
  taken: new Set(),
  seen: [numbers],
  ...rest,
})

test.each<[string, FeedOutcome]>([
  ['everything once and in order', outcome([1, 2, 3])],
  ['a webhook in another order', outcome([2, 1, 3], { inOrder: false })],
])('%s is in order', (_what, given) => {
  expect(verdict(given)).toEqual([])
})

test.each<[string, FeedOutcome]>([
  ['a lost item', outcome([1, 3])],
  ['a repeated item', outcome([1, 2, 2, 3])],
  ['an item that nobody gave', outcome([1, 2, 3, 4])],
  ['another order', outcome([2, 1, 3])],
  ['a subscriber that missed one', outcome([1, 2, 3], { seen: [[1, 3]] })],
  ['a subscriber that saw one twice', outcome([1, 2, 3], { seen: [[1, 2, 2, 3]] })],
  ['a subscriber that saw another order', outcome([1, 2, 3], { seen: [[1, 3, 2]] })],
])('%s is a fault', (_what, given) => {
  expect(verdict(given)).not.toEqual([])
})

test('a lost delivery that had a 2xx is told as such', () => {
  expect(verdict(outcome([1, 3], { taken: new Set([2]) }))[0]).toContain('2xx')
})
