// The expression language of policies: its laws, and the examples of the format's reference (§4.4).
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate, evaluateOnResponse, readResponsePath } from '../../src/invocation/expressions/evaluate.ts'
import { changeAt, setAt, valueAt } from '../../src/invocation/expressions/json-path.ts'
import { parsePath, parseSteps, parseTemplate } from '../../src/invocation/expressions/parse.ts'
import type { Draft } from '../../src/invocation/request/draft.ts'
import type { Json } from '../../src/json.ts'
import { authentication, connection } from './definitions.ts'

const draft: Draft = {
  method: 'GET',
  base: 'https://x.example',
  path: '/',
  query: [
    { name: 'q', wire: 'a%20b', source: 'argument' },
    { name: 'fixed', wire: 'f', source: 'package' },
  ],
  headers: new Map([
    ['region', { name: 'Region', value: 'eu', source: 'argument' }],
    ['authorization', { name: 'Authorization', value: 'k1', source: 'credential' }],
  ]),
  body: { kind: 'none' },
}
const open = connection(
  authentication('CUSTOM'),
  { api_key: 'k1', empty: '' },
  { parameters: { acct: 'acme', n: 5, Site: 's' } },
)
const body: Json = { rows: [{ id: 7, 'odd.name': 'x', '@odata.etag': 'W/"1"' }], n: null, deep: { a: 'b' } }
const scope = { connection: open, draft, body, item: { id: 'i1' } }

const word = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/)
const quoted = fc.string({ unit: 'binary', maxLength: 12 }).filter(value => !value.includes("'"))
const noisy = fc.stringMatching(/^[@{}()[\]'.?,a-z connectionParametersbodyheaders0-9]{0,60}$/)

describe('laws', () => {
  test('the sources of the pieces are the template, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), noisy), template => {
        expect(
          parseTemplate(template)
            .map(piece => piece.source)
            .join(''),
        ).toBe(template)
      }),
      { numRuns: 2_000 },
    )
  })

  test('text without an at sign is itself', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter(text => !text.includes('@')),
        text => {
          expect(evaluate(text, scope)).toEqual({ text, source: 'package' })
        },
      ),
    )
  })

  test('a scalar takes name and default verbatim, and the text around it stays', () => {
    const place = fc.constantFrom(
      'connectionParameters',
      'headers',
      'header',
      'queryParameters',
      'queryParamters',
      'CONNECTIONPARAMETERS',
    )
    const wrap = fc.constantFrom<[string, string]>(['@', ''], ['@{', '}'], ['{@', '}'])
    const around = fc.string().filter(text => !text.includes('@') && !text.includes('{'))
    fc.assert(
      fc.property(
        place,
        wrap,
        quoted,
        quoted,
        around,
        around,
        (from, [before, after], name, fallback, left, right) => {
          const source = `${before}${from}('${name}', '${fallback}')${after}`
          const pieces = parseTemplate(`${left}${source}${right}`)
          expect(pieces.filter(piece => piece.kind !== 'text')).toMatchObject([
            { kind: 'scalar', source, name, fallback },
          ])
          expect(
            pieces
              .filter(piece => piece.kind === 'text')
              .map(piece => piece.source)
              .join('|'),
          ).toBe([left, right].filter(text => text !== '').join('|'))
        },
      ),
    )
  })

  test('a document path round-trips through its three spellings of a step', () => {
    const step = fc.oneof(
      word.map(name => [`.${name}`, name] as const),
      fc.nat(99).map(index => [`[${index}]`, index] as const),
      quoted.map(name => [`['${name}']`, name] as const),
    )
    fc.assert(
      fc.property(
        fc.constantFrom('body', 'item', 'triggerBody'),
        fc.array(step, { maxLength: 5 }),
        (root, steps) => {
          const text = `@${root}()${steps.map(([source]) => source).join('')}`
          const path = steps.map(([, key]) => key)
          expect(parsePath(text)).toEqual({ root, path })
          expect(parseTemplate(text)).toEqual([{ kind: 'document', source: text, root, path }])
        },
      ),
    )
  })

  test('what is set at a path is read there, and the rest does not change', () => {
    const key = fc.constantFrom('a', 'b', '__proto__', 'c.d')
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.dictionary(key, fc.jsonValue())),
        key,
        key,
        fc.jsonValue(),
        (root, one, two, value) => {
          const before = JSON.stringify(root)
          const after = setAt(root as Json, [one, two], value as Json)
          expect(JSON.stringify(root)).toBe(before)
          if (Object.hasOwn(root, one)) expect(valueAt(after, [one, two])).toEqual(value)
          else expect(after).toBe(root)
          expect(changeAt(root as Json, [one], same => same)).toEqual(root)
          expect(({} as Record<string, unknown>).polluted).toBeUndefined()
        },
      ),
    )
  })
})

describe('examples', () => {
  test.each([
    ["https://@connectionParameters('acct').inserve.nl", 'https://acme.inserve.nl'],
    ["https://r@headers('Region')-api.x.com", 'https://reu-api.x.com'],
    ["/%40@connectionParameters('acct')", '/%40acme'],
    ["Key @connectionParameters('lic','')", 'Key '],
    ["Key @connectionParameters('lic', 'none')", 'Key none'],
    ["@connectionParameters('empty','d')", 'd'],
    ["@connectionParameters('site')", 's'],
    ["@connectionParameters('n')", '5'],
    ["Token @headers('authorization')", 'Token k1'],
    ["@queryParameters('q')+@queryParamters('Fixed')", 'a b+f'],
    ['mail a@body.com or @odata.type', 'mail a@body.com or @odata.type'],
    [
      "@unknown('x') @connectionParameters() @connectionParameters('x'",
      "@unknown('x') @connectionParameters() @connectionParameters('x'",
    ],
    ["@{body().rows[0]['odd.name']} {@item().id}", 'x i1'],
    ['@body().n@body().missing@body().rows[9].x', ''],
    ['@body().deep', '{"a":"b"}'],
    ["@body().rows[0]['@odata.etag']", 'W/"1"'],
    ['@Request.OriginalHTTPMethod', '@Request.OriginalHTTPMethod'],
  ])('%s', (template, expected) => {
    expect(evaluate(template, scope).text).toBe(expected)
  })

  test('a caller is known by what it chose', () => {
    expect(evaluate("x@headers('Region')", scope).source).toBe('argument')
    expect(evaluate("@queryParameters('q')", scope).source).toBe('argument')
    expect(
      evaluate("@connectionParameters('acct')@headers('Authorization')@queryParameters('fixed')", scope)
        .source,
    ).toBe('credential')
  })

  test('paths as packages write them', () => {
    expect(parsePath('body()')).toEqual({ root: 'body', path: [] })
    expect(parsePath('@body.foo')).toEqual({ root: 'body', path: ['foo'] })
    expect(parsePath('@body().rows?[0]')).toEqual({ root: 'body', path: ['rows', 0] })
    expect(parsePath('@body() and more')).toBeNull()
    expect(parsePath("@headers('x')")).toBeNull()
    expect(parseSteps('plain')).toEqual(['plain'])
    expect(parseSteps("['odd.name']")).toEqual(['odd.name'])
    expect(parseSteps('a.b')).toEqual(['a', 'b'])
    expect(parseSteps('a-b')).toEqual(['a-b'])
  })

  test('the state of a poll', () => {
    const response: Json = { value: [{ at: '2024-01-01', n: 9007199254740993n }], data: [] }
    expect(evaluateOnResponse("Severity eq 'High' and at gt @{triggerBody().value[0].at}", response)).toBe(
      "Severity eq 'High' and at gt 2024-01-01",
    )
    expect(evaluateOnResponse('@{triggerBody().value[0].n}', response)).toBe('9007199254740993')
    expect(evaluateOnResponse('1', response)).toBe('1')
    expect(evaluateOnResponse('@{triggerBody().data[0].id}', response)).toBeUndefined()
    expect(readResponsePath('@triggerBody().data', response)).toEqual([])
    expect(readResponsePath('@triggerBody().none', response)).toBeUndefined()
  })
})
