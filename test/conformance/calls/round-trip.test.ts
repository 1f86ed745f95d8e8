// The round-trip law: whatever a caller gives for a path, query, header, form or body parameter arrives at the upstream
// equal to it, and whatever JSON the upstream answers comes back equal; through the graph, from variable to octets.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compileSource } from '../../../src/gateway/catalogue/compile-connector.ts'
import type { Invoker } from '../../../src/invocation/index.ts'
import type { Json } from '../../../src/json.ts'
import { canonical } from './compare.ts'
import { openInvoker, type ServedConnector, serve } from './graph.ts'
import { exactJson, readForm, readMultipart, readParts, readQuery } from './received-request.ts'
import { type StandIn, startStandIn } from './upstream.ts'

const text = { type: 'string' }
const anything = { 200: { description: 'OK', schema: {} } }
const place = (where: string, name: string) => ({ in: where, name, type: 'string', required: true })
const operation = (operationId: string, parameters: readonly unknown[], consumes: string) => ({
  post: { operationId, parameters, consumes: [consumes], responses: anything },
})
const document = {
  swagger: '2.0',
  info: { title: 'Law', version: '1' },
  host: 'law.example.com',
  paths: {
    '/once/{a}-{b}/end': operation(
      'Place',
      [place('path', 'a'), place('path', 'b'), place('query', '$q[x]'), place('header', 'X-H')],
      'application/json',
    ),
    '/twice/{a}': operation(
      'Twice',
      [{ ...place('path', 'a'), 'x-ms-url-encoding': 'double' }],
      'application/json',
    ),
    '/list': operation('List', [{ ...place('query', 'l'), type: 'array', items: text }], 'application/json'),
    '/form': operation('Form', [place('formData', 'f')], 'application/x-www-form-urlencoded'),
    '/parts': operation('Parts', [place('formData', 'f')], 'multipart/form-data'),
    '/json': operation(
      'Body',
      [{ in: 'body', name: 'body', required: true, schema: {} }],
      'application/json',
    ),
    '/text': operation('Text', [{ in: 'body', name: 'body', required: true, schema: text }], 'text/plain'),
  },
}

let standIn: StandIn
let invoker: Invoker
let law: ServedConnector
beforeAll(async () => {
  standIn = await startStandIn()
  invoker = openInvoker(standIn.origin)
  const source = { kind: 'document', document: JSON.stringify(document), properties: null } as const
  law = serve('law', await compileSource('law', source), () => null, invoker)
})
afterAll(async () => {
  await invoker[Symbol.asyncDispose]()
  await standIn[Symbol.asyncDispose]()
})

async function sent(call: string, variables: Readonly<Record<string, unknown>>, answer: Json = null) {
  standIn.prepare([{ status: 200, contentType: 'application/json', body: canonical(answer) }])
  const { data, errors } = await law.run(call, variables)
  expect(errors).toEqual([])
  const [request] = standIn.received()
  return { request: request!, data }
}

const anyText = fc.string({ unit: 'binary', maxLength: 30 }).filter(value => value.isWellFormed())
const hostile = fc.constantFrom(
  '%2F',
  '%252F',
  'a+b',
  'a&b=c',
  'two\nlines',
  'cr\r',
  '\r\n--',
  '😀',
  ' edge ',
  '',
)
const given = fc.oneof(anyText, hostile)
const inPath = given.filter(value => value !== '' && !/\p{Cc}|(^|[/\\])\.+($|[/\\])|%2e/iu.test(value))
const inHeader = fc
  .string({ unit: fc.integer({ min: 0x20, max: 0xff }).map(code => String.fromCharCode(code)) })
  .map(value => value.replace(/[\x7f-\x9f]/g, '').trim())
const runs = { numRuns: 150 }

test('path, query and header', async () => {
  const call =
    'mutation($a: String!, $b: String!, $q: String!, $h: String!) { law_place(a: $a, b: $b, q_x: $q, X_H: $h) }'
  await fc.assert(
    fc.asyncProperty(inPath, inPath, given, inHeader, async (a, b, q, h) => {
      const { request } = await sent(call, { a, b, q, h })
      const [path = ''] = request.target.split('?')
      expect(decodeURIComponent(path)).toBe(`/once/${a}-${b}/end`)
      expect(path.split('/')).toHaveLength(4)
      expect(readQuery(request).map(([name, wire]) => [name, readParts(wire, { separator: null })])).toEqual([
        ['$q[x]', [q]],
      ])
      expect(request.headers['x-h'] ?? '').toBe(h)
    }),
    runs,
  )
})

test('a path value that is encoded twice, and the elements of a list', async () => {
  await fc.assert(
    fc.asyncProperty(inPath, fc.array(given, { minLength: 1, maxLength: 4 }), async (a, list) => {
      const twice = await sent('mutation($a: String!) { law_twice(a: $a) }', { a })
      const once = decodeURIComponent(twice.request.target.replace('/twice/', ''))
      expect([/^[\w.~%-]+$/.test(once), decodeURIComponent(once)]).toEqual([true, a])
      const { request } = await sent('mutation($l: [String!]!) { law_list(l: $l) }', { l: list })
      const [[, wire = ''] = []] = readQuery(request)
      expect(readParts(wire, { separator: ',' })).toEqual(list)
    }),
    runs,
  )
})

test('forms and text bodies', async () => {
  await fc.assert(
    fc.asyncProperty(given, async value => {
      const form = await sent('mutation($f: String!) { law_form(f: $f) }', { f: value })
      expect(readForm(form.request.body)).toEqual([['f', value]])
      const { request } = await sent('mutation($f: String!) { law_parts(f: $f) }', { f: value })
      const parts = readMultipart(request.body, request.headers['content-type'] ?? '')
      expect(parts?.map(([name, data]) => [name, data.toString()])).toEqual([['f', value]])
      const raw = await sent('mutation($t: String!) { law_text(input: $t) }', { t: value })
      expect(raw.request.body.toString()).toBe(value)
    }),
    runs,
  )
})

test('JSON, with integers of any size, there and back', async () => {
  const { value } = fc.letrec<{ value: Json }>(tie => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom<Json>(null, true, false),
      given,
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(number => (Object.is(number, -0) ? 0 : number)),
      fc.bigInt({ min: 2n ** 53n, max: 2n ** 200n }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(given, tie('value'), { maxKeys: 4 }),
    ),
  }))
  await fc.assert(
    fc.asyncProperty(
      value.filter(each => each !== null),
      value,
      async (body, answer) => {
        const { request, data } = await sent(
          'mutation($b: JSON!) { law_body(input: $b) }',
          { b: body },
          answer,
        )
        expect(canonical(exactJson(request.body.toString()))).toBe(canonical(body))
        expect(canonical((data as Record<string, Json>).law_body)).toBe(canonical(answer))
      },
    ),
    runs,
  )
})
