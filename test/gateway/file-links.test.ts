// What a link to a file holds: its call, whole and for a time, for nobody but the hub.
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFileLinks, type FileCall } from '../../src/gateway/files/file-links.ts'
import { type Json, printJson } from '../../src/json.ts'
import { secret } from '../../src/secret.ts'
import { handClock } from '../invocation/open-invoker.ts'

const newKey = (id: string) => ({ id, key: secret(randomBytes(32).toString('base64')) })
const key = newKey('k1')
const base = 'https://hub.example.com/files/'

const call = (query: Readonly<Record<string, Json>> = {}, body?: Json): FileCall => ({
  caller: { userId: 'ada', sessionId: 'session:1', organizationId: 'o1' },
  connector: { connector: 'drive', importId: null },
  hash: 'hash',
  operation: 'Download',
  connection: 'c1',
  arguments: {
    parameters: { path: {}, query, header: {}, form: {} },
    ...(body === undefined ? {} : { body }),
  },
})

function links(keys = [key], clock = handClock()) {
  const made = createFileLinks({ keys, publicUrl: 'https://hub.example.com', clock })
  return { ...made, clock, token: (of: FileCall) => made.link(of)?.slice(base.length) ?? '' }
}

const json = fc.oneof(
  fc.jsonValue().map(value => value as Json),
  fc.bigInt({ min: 2n ** 60n, max: 2n ** 70n }),
)

test('any arguments come back equal, int64 exact', () => {
  const { token, read } = links()
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), json, { maxKeys: 3 }),
      fc.option(json, { nil: undefined }),
      (query, body) => {
        const given = call(query, body)
        const sealed = token(given)
        fc.pre(sealed !== '')
        expect(printJson(read(sealed)?.arguments)).toBe(printJson(given.arguments))
      },
    ),
    { numRuns: 200 },
  )
})

test('it stands for ten minutes', () => {
  const { token, read, clock } = links()
  const sealed = token(call())
  clock.advance(10 * 60_000 - 1)
  expect(read(sealed)).toMatchObject({ ...call(), until: clock.now() + 1 })
  clock.advance(1)
  expect(read(sealed)).toBeNull()
})

test('it opens on every instance that has the key, also while a new one is rolled out, and on no other hub', () => {
  const sealed = links().token(call())
  expect(links().read(sealed)).not.toBeNull()
  expect(links([newKey('k2'), key]).read(sealed)).not.toBeNull()
  expect(links([newKey('k1')]).read(sealed)).toBeNull()
})

test('arguments that are too long for a URL have no link', () => {
  const { link, read } = links()
  expect(link(call({ q: 'x'.repeat(3_000) }))).not.toBeNull()
  expect(link(call({ q: 'x'.repeat(6_000) }))).toBeNull()
  expect(read('x'.repeat(1_000_000))).toBeNull()
})
