// What of a document makes a payload.
import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { selectionOf } from '../../../src/gateway/delivery/selection.ts'

const of = (source: string, name?: string) => selectionOf(parse(source), name)
const same = (one: string, other: string) => expect(of(one).key).toBe(of(other).key)
const different = (one: string, other: string) => expect(of(one).key).not.toBe(of(other).key)

const plain = 'subscription { demo_onItem(after: "a") { id data { n } } }'

test('arguments of the root field make no other payload; the selection and its alias do', () => {
  same(plain, 'subscription { demo_onItem(connection: "x") { id data { n } } }')
  same(plain, 'subscription Named($after: String) { demo_onItem(after: $after) { id data { n } } }')
  different(plain, 'subscription { demo_onItem { id data { m } } }')
  different(plain, 'subscription { a: demo_onItem { id data { n } } }')
  different(plain, 'subscription { demo_onOther { id data { n } } }')
})

test('variables count where the selection uses them, with their types and defaults', () => {
  const used =
    'subscription ($after: String, $all: Boolean!) { demo_onItem(after: $after) { id data @include(if: $all) { n } } }'
  expect(of(used).variables).toEqual(['all'])
  expect(of(plain).variables).toEqual([])
  different(used, used.replace('$all: Boolean!', '$all: Boolean = true'))
  same(used, used.replace('$after: String', '$after: String = "x"'))
})

test('fragments count, wherever they are spread, and those that are not used do not', () => {
  const fragment =
    'fragment F on Subscription { demo_onItem(after: "b") { ...E } } fragment E on Event { id time }'
  same(`subscription { ...F } ${fragment}`, `subscription { ...F } ${fragment.replace('"b"', '"c"')}`)
  different(
    `subscription { ...F } ${fragment}`,
    `subscription { ...F } ${fragment.replace('time', 'cursor')}`,
  )
  same(plain, `${plain} fragment X on Event { id }`)
})

test('of several operations the named one counts', () => {
  const two = 'subscription A { demo_onItem { id } } subscription B { demo_onItem { id feed { id } } }'
  expect(of(two, 'A').personal).toBe(false)
  expect(of(two, 'B').personal).toBe(true)
})

test.each([
  ['subscription { demo_onItem { id cursor time __typename data { feed { id } } } }', false],
  ['subscription { demo_onItem { id feed { id } } }', true],
  ['subscription { demo_onItem { ... on Event { feed { id } } } }', true],
  [
    'subscription { ...F } fragment F on Subscription { demo_onItem { ...E } } fragment E on Event { feed { id } }',
    true,
  ],
  ['subscription { demo_onItem { renamed: feed { id } } }', true],
  ['subscription { demo_onItem { id: somethingNew } }', true],
])('%s: personal is %s', (source, personal) => {
  expect(of(source).personal).toBe(personal)
})
