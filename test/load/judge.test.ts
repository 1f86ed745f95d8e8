// The judge of a load sees what it is there to see.
import { expect, test } from 'vitest'
import type { Told } from './asking.ts'
import type { Done } from './faults.ts'
import { judge } from './judge.ts'

const told = (rest: Partial<Told>): Told => ({
  call: 'c',
  mutation: false,
  outcome: 'right',
  code: '',
  status: null,
  text: '',
  milliseconds: 1,
  ...rest,
})
const error = (code: string, status: number | null = null) =>
  told({ outcome: 'error', code, status, text: 'Why.' })
const judged = (what: Told, ...attempts: Done[]) => judge([what], new Map([['c', attempts]]))

test.each<[string, Told, Done[]]>([
  ['an answer', told({}), ['answered']],
  ['one after retries', told({}), ['unavailable', 'reset', 'dripped']],
  ['a mutation after it was throttled', told({ mutation: true }), ['throttled', 'answered']],
  ['the error of the last attempt', error('UPSTREAM_ERROR', 500), ['cut', 'failed']],
  ['a call that was not made', error('CIRCUIT_OPEN'), []],
  ['whatever the API did for somebody who left', told({ outcome: 'left' }), ['hung']],
])('%s is in order', (_what, what, attempts) => {
  expect(judged(what, ...attempts)).toEqual([])
})

test.each<[string, Told, Done[]]>([
  ['an answer of another', told({ outcome: 'wrong' }), ['answered']],
  ['an answer that was never given', told({}), ['failed']],
  ['an answer to a call that was never made', told({}), []],
  ['a mutation that was made twice', told({ mutation: true }), ['reset', 'answered']],
  ['a fourth attempt', told({}), ['reset', 'reset', 'reset', 'answered']],
  ['an error of the hub', error('INTERNAL'), ['answered']],
  ['an error that is not what happened', error('UPSTREAM_TIMEOUT'), ['failed']],
  ['an error without words', { ...error('UPSTREAM_TIMEOUT'), text: '' }, ['hung']],
])('%s is a fault', (_what, what, attempts) => {
  expect(judged(what, ...attempts)).not.toEqual([])
})

test('a call that nobody made is a fault', () => {
  expect(judge([], new Map([['c', ['answered']]]))).toHaveLength(1)
})
