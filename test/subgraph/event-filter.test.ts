// `where` on a trigger: which events match, and which types have it.
import fc from 'fast-check'
import { buildSchema } from 'graphql'
import { describe, expect, test } from 'vitest'
import { compileFilter, wireNamesOf } from '../../src/subgraph/index.ts'
import { sharedTypes } from '../../src/subgraph/shared-types.ts'

const schema = buildSchema(`${sharedTypes}
  type crm_Owner { name: String age: Int }
  type crm_Deal { title: String amount: Float count: Int id: BigInt won: Boolean at: DateTime owner: crm_Owner }
`)
const type = schema.getType('crm_Deal') as never
const wireName = wireNamesOf(new Map([['crm', { wireNames: { crm_Deal: { title: 'Title' } } }]]))
const matches = (where: object, data: unknown) => compileFilter(where, type, wireName)(data)

const deal = {
  Title: 'Big deal',
  amount: 12.5,
  count: 3,
  id: 9007199254740993n,
  won: false,
  at: '2026-01-02T03:04:05Z',
  owner: { name: 'Ada', age: 36 },
}

describe('a condition', () => {
  test.each<[object, boolean]>([
    [{}, true],
    [{ title: { eq: 'Big deal' } }, true],
    [{ title: { eq: 'big deal' } }, false],
    [{ title: { ne: 'x', startsWith: 'Big', contains: 'ea' } }, true],
    [{ title: { startsWith: 'deal' } }, false],
    [{ title: { in: ['x', 'Big deal'] } }, true],
    [{ title: { in: [] } }, false],
    [{ amount: { gt: 12, lt: 13 } }, true],
    [{ amount: { gt: 12.5 } }, false],
    [{ count: { eq: 3 } }, true],
    [{ id: { eq: 9007199254740993n } }, true],
    [{ id: { eq: 9007199254740992n } }, false],
    [{ id: { gt: 5 } }, true],
    [{ won: { eq: false } }, true],
    [{ at: { eq: '2026-01-02T04:04:05+01:00' } }, true],
    [{ at: { lt: '2026-01-02T03:04:06Z' } }, true],
    [{ at: { gt: 'no date' } }, false],
    [{ owner: { name: { eq: 'Ada' }, age: { lt: 40 } } }, true],
    [{ owner: { age: { gt: 40 } } }, false],
    [{ title: { eq: 'x' }, count: { eq: 3 } }, false],
    [{ or: [{ title: { eq: 'x' } }, { count: { eq: 3 } }] }, true],
    [{ or: [] }, false],
    [{ not: { count: { eq: 3 } } }, false],
    [{ and: [{ count: { gt: 2 } }, { not: { count: { gt: 3 } } }] }, true],
    [{ title: null, not: null, and: null }, true],
  ])('%o: %s', (where, expected) => {
    expect(matches(where, deal)).toBe(expected)
  })

  test('on what is not there holds for null alone', () => {
    for (const data of [{}, null, 'text', { owner: 'Ada', count: 'many', Title: null }]) {
      expect(matches({ title: { eq: null } }, data)).toBe(true)
      expect(matches({ title: { ne: null } }, data)).toBe(false)
      expect(matches({ title: { ne: 'x' } }, data)).toBe(true)
      expect(matches({ count: { lt: 5 } }, data)).toBe(false)
      expect(matches({ owner: { name: { eq: null } } }, data)).toBe(true)
      expect(matches({ id: { in: [1] } }, data)).toBe(false)
    }
  })

  test('reads the value that the selection would show', () => {
    expect(matches({ title: { eq: '5' } }, { Title: 5 })).toBe(true)
    expect(matches({ count: { eq: 5 } }, { count: '5' })).toBe(true)
    expect(matches({ title: { eq: 'x' } }, { title: 'x' })).toBe(false)
  })
})

test('too many conditions are refused', () => {
  const many = { or: Array.from({ length: 201 }, (_, count) => ({ count: { eq: count } })) }
  expect(() => matches(many, deal)).toThrow('more than 200')
})

const leaf = fc.record({
  count: fc.record({ eq: fc.nat(3), gt: fc.nat(3), lt: fc.nat(3) }, { requiredKeys: [] }),
})
const { where } = fc.letrec<{ where: object }>(tie => ({
  where: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.record({ and: fc.array(tie('where'), { maxLength: 3 }) }),
    fc.record({ or: fc.array(tie('where'), { maxLength: 3 }) }),
    fc.record({ not: tie('where') }),
  ),
}))

test('conditions combine as logic says', () =>
  fc.assert(
    fc.property(where, where, fc.option(fc.nat(3)), (one, other, count) => {
      const holds = (filter: object) => matches(filter, { count })
      expect(holds({ not: one })).toBe(!holds(one))
      expect(holds({ and: [one, other] })).toBe(holds(one) && holds(other))
      expect(holds({ or: [one, other] })).toBe(holds(one) || holds(other))
      expect(holds({ not: { or: [one, other] } })).toBe(holds({ and: [{ not: one }, { not: other }] }))
    }),
  ))
