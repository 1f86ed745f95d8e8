// A bound on weight: never passed but by one value alone, and what was used last stays.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createWeightedCache } from '../../src/gateway/weighted-cache.ts'

const most = 20

interface Weighed {
  readonly key: string
  readonly weight: number
}

/** The law: newest last, and the oldest go while there is more than one and they weigh too much. */
function afterSet(model: readonly Weighed[], added: Weighed): readonly Weighed[] {
  const next = [...model.filter(({ key }) => key !== added.key), added]
  while (next.length > 1 && next.reduce((sum, { weight }) => sum + weight, 0) > most) next.shift()
  return next
}

function afterGet(model: readonly Weighed[], wanted: string): readonly Weighed[] {
  const found = model.find(({ key }) => key === wanted)
  return found ? [...model.filter(one => one !== found), found] : model
}

const key = fc.integer({ min: 0, max: 5 }).map(String)
const step = fc.oneof(
  fc.record({ do: fc.constant('set' as const), key, weight: fc.integer({ min: 0, max: 25 }) }),
  fc.record({ do: fc.constant('get' as const), key }),
  fc.record({ do: fc.constant('delete' as const), key }),
)

test('agrees with a list that is searched, whatever is done', () => {
  const run = fc.property(fc.array(step, { maxLength: 60 }), steps => {
    const cache = createWeightedCache<number>({ most, weigh: weight => weight })
    let model: readonly Weighed[] = []
    for (const done of steps) {
      if (done.do === 'set') {
        cache.set(done.key, done.weight)
        model = afterSet(model, done)
      } else if (done.do === 'delete') {
        cache.delete(done.key)
        model = model.filter(one => one.key !== done.key)
      } else {
        expect(cache.get(done.key)).toBe(model.find(one => one.key === done.key)?.weight)
        model = afterGet(model, done.key)
      }
    }
    const kept = ['0', '1', '2', '3', '4', '5'].map(name => cache.get(name))
    expect(kept).toEqual(
      ['0', '1', '2', '3', '4', '5'].map(name => model.find(one => one.key === name)?.weight),
    )
  })
  fc.assert(run)
})

test('deleteWhere deletes those and no others, and gives their weight back', () => {
  const cache = createWeightedCache<number>({ most, weigh: weight => weight })
  for (const weight of [2, 7, 11]) cache.set(`${weight}`, weight)
  cache.deleteWhere(weight => weight > 5)
  expect([2, 7, 11].map(weight => cache.get(`${weight}`))).toEqual([2, undefined, undefined])
  cache.set('18', 18)
  expect(cache.get('2')).toBe(2)
})
