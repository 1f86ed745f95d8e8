// What a caller gives arrives: in paths, queries, headers, forms and bodies.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type {
  CollectionFormat,
  OperationDefinition,
  ParameterDefinition,
} from '../../src/definition/index.ts'
import type { WireArguments } from '../../src/invocation/index.ts'
import type { Json } from '../../src/json.ts'
import { definition, invocation, operation, parameter, text, wire } from './definitions.ts'
import { failureOf, type OpenedInvoker, openInvoker } from './open-invoker.ts'
import { startUpstream, type UpstreamServer } from './upstream-server.ts'

let upstream: UpstreamServer
let opened: OpenedInvoker
beforeAll(async () => {
  upstream = await startUpstream()
  opened = openInvoker({ allowPrivate: [upstream.origin] })
})
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

async function sent(called: OperationDefinition, given: WireArguments, base = '') {
  await opened.invoker.call(invocation(definition(`${upstream.origin}${base}`), called, { arguments: given }))
  return upstream.last()
}

const refused = (called: OperationDefinition, given: WireArguments) =>
  failureOf(opened.invoker.call(invocation(definition(upstream.origin), called, { arguments: given })))

const anyText = fc.string({ unit: 'binary', maxLength: 40 }).filter(value => value.isWellFormed())
const runs = { numRuns: 150 }

describe('path', () => {
  const at = (path: string, rest: Partial<ParameterDefinition> = {}) =>
    operation({ path, parameters: [parameter('path', 'a', rest), parameter('path', 'b', rest)] })
  const dotless = (value: string) => !/(^|[/\\])\.{1,2}($|[/\\])/.test(decodeAll(value))
  const pathText = anyText.filter(value => value !== '' && !/\p{Cc}/u.test(value) && dotless(value))

  test('any text that is a segment arrives equal, and no other segment changes', async () => {
    await fc.assert(
      fc.asyncProperty(pathText, pathText, async (a, b) => {
        const { path } = await sent(at('/x/{a}/y:{b}/z'), wire({ path: { a, b } }), '/base')
        const [empty, base, x, first, second = '', z, ...rest] = path.split('/')
        expect([empty, base, x, z, rest]).toEqual(['', 'base', 'x', 'z', []])
        expect([decodeURIComponent(first!), decodeURIComponent(second.slice(2))]).toEqual([a, b])
      }),
      runs,
    )
  })

  test('double encoding arrives as one encoding', async () => {
    const { path } = await sent(at('/{a}/{b}', { encoding: 'double' }), wire({ path: { a: 'p/q', b: 'ü' } }))
    expect(path).toBe('/p%252Fq/%25C3%25BC')
    // Text that was encoded before is text all the same.
    const again = await sent(
      at('/{a}/{b}', { encoding: 'double' }),
      wire({ path: { a: '%252F', b: '%25252B' } }),
    )
    expect(again.path).toBe('/%2525252F/%252525252B')
  })

  test('raw text keeps its slashes and its encoding', async () => {
    const { path } = await sent(at('/{a}/{b}', { encoding: 'raw' }), wire({ path: { a: 'p/q r', b: '%2F' } }))
    expect(path).toBe('/p/q%20r/%2F')
  })

  test('the text of a template is kept: OData keys, encoded text, trailing slash, tokens with spaces', async () => {
    const called = operation({
      path: "/e('{a}')/$x:%7B@/{Forecast job Id}//",
      parameters: [parameter('path', 'a'), parameter('path', 'Forecast job Id')],
    })
    const { path } = await sent(called, wire({ path: { a: "o'x", 'Forecast job Id': 7 } }))
    expect(path).toBe("/e('o%27x')/$x:%7B@/7//")
  })

  test('a value that looks like a token or a replacement pattern stays a value', async () => {
    const { path } = await sent(at('/{a}/{b}'), wire({ path: { a: '{b}', b: '$&$$' } }))
    expect(decodeURIComponent(path)).toBe('/{b}/$&$$')
  })

  test.each([
    '',
    '.',
    '..',
    '../x',
    'x/..',
    'x/../y',
    '..\\x',
    '%2e%2e',
    '..%2fx',
    '%252e%252e',
    '.%2e/x',
    'a\nb',
    'a\0b',
  ])('refuses %j, which would change the path', async value => {
    for (const encoding of ['single', 'double', 'raw'] as const) {
      const count = upstream.seen.length
      const error = await refused(at('/x/{a}/{b}', { encoding }), wire({ path: { a: value, b: 'b' } }))
      expect(error).toMatchObject({ code: 'ARGUMENT_INVALID', details: { argument: 'a', operation: 'Call' } })
      expect(error.message).toContain('"a"')
      expect(upstream.seen.length).toBe(count)
    }
  })

  test('refuses a missing value, null and half of a surrogate pair', async () => {
    for (const path of [{ b: 'b' }, { a: null, b: 'b' }, { a: '\ud800', b: 'b' }])
      expect(await refused(at('/{a}/{b}'), wire({ path }))).toMatchObject({ code: 'ARGUMENT_INVALID' })
  })
})

describe('query', () => {
  test('any text arrives equal under any name', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyText.filter(name => name.trim() === name && name !== ''),
        anyText,
        async (name, value) => {
          const { query } = await sent(
            operation({ parameters: [parameter('query', name)] }),
            wire({ query: { [name]: value } }),
          )
          expect([...query]).toEqual([[name, value]])
        },
      ),
      runs,
    )
  })

  test('arrays arrive in their collection format, separators inside elements included', async () => {
    const formats = fc.constantFrom<[CollectionFormat, string]>(
      ['csv', ','],
      ['ssv', '%20'],
      ['tsv', '%09'],
      ['pipes', '%7C'],
    )
    // Encoding keeps csv apart from commas inside elements; the other separators are encoded themselves.
    await fc.assert(
      fc.asyncProperty(
        formats,
        fc.array(anyText, { minLength: 1, maxLength: 5 }),
        async ([format, separator], list) => {
          const elements = format === 'csv' ? list : list.map(value => value.replace(/[\s|]/g, '_'))
          const called = operation({ parameters: [parameter('query', 'q', { collectionFormat: format })] })
          const { target } = await sent(called, wire({ query: { q: elements } }))
          expect(target.split('?q=')[1]!.split(separator).map(decodeURIComponent)).toEqual(elements)
        },
      ),
      runs,
    )
  })

  test('multi repeats the name; an empty array is left out', async () => {
    const called = operation({ parameters: [parameter('query', 'q', { collectionFormat: 'multi' })] })
    expect((await sent(called, wire({ query: { q: ['a,b', 2, true] } }))).query.getAll('q')).toEqual([
      'a,b',
      '2',
      'true',
    ])
    expect((await sent(called, wire({ query: { q: [] } }))).target).toBe('/call')
  })

  test('int64 is exact, names keep $ and brackets, null leaves out, constants are sent', async () => {
    const called = operation({
      parameters: [
        parameter('query', '$top'),
        parameter('query', 'f[x]'),
        parameter('query', 'none'),
        parameter('query', 'api-version', { required: true, constant: '2024-01-01' }),
        parameter('query', 'size', {
          required: true,
          schema: { type: 'integer', format: 'int32', default: 5 },
        }),
        parameter('query', 'optional', { schema: { type: 'string', default: 'not sent' } }),
      ],
    })
    const { target } = await sent(
      called,
      wire({ query: { $top: 9007199254740993n, 'f[x]': 'y', none: null } }),
    )
    expect(target).toBe('/call?$top=9007199254740993&f[x]=y&api-version=2024-01-01&size=5')
  })

  test('sends what no parameter declares (the state of a poll), and a given value beats a constant', async () => {
    const called = operation({ parameters: [parameter('query', 'since', { required: true, constant: '0' })] })
    const { target } = await sent(called, wire({ query: { since: '7', page: 2 } }))
    expect(target).toBe('/call?since=7&page=2')
  })
})

describe('headers', () => {
  test('any value a header can carry arrives equal', async () => {
    const latin1 = fc
      .array(
        fc.integer({ min: 0x20, max: 0xff }).filter(code => code < 0x7f || code > 0x9f),
        { maxLength: 40 },
      )
      .map(codes => String.fromCharCode(...codes).trim())
      // Node reads headers without the outer whitespace, which HTTP does not keep (RFC 9110 §5.5).
      .filter(value => !/^\s|\s$/.test(value))
    await fc.assert(
      fc.asyncProperty(latin1, async value => {
        const called = operation({ parameters: [parameter('header', 'X-Value')] })
        expect((await sent(called, wire({ header: { 'X-Value': value } }))).headers['x-value']).toBe(value)
      }),
      runs,
    )
  })

  test.each(['a\r\nX-Evil: 1', 'a\nb', 'a\rb', 'a\0b', 'π', '\u2028'])('refuses %j', async value => {
    const called = operation({ parameters: [parameter('header', 'X-Value')] })
    const error = await refused(called, wire({ header: { 'X-Value': value } }))
    expect(error).toMatchObject({ code: 'ARGUMENT_INVALID', details: { argument: 'X-Value' } })
    expect(error.message).not.toContain(value)
  })

  test.each([
    'Host',
    'Authorization',
    'Cookie',
    'Content-Length',
    'Transfer-Encoding',
    'Connection',
    'TE',
    'Upgrade',
    'Proxy-Authorization',
    'X-Forwarded-Host',
    'X-Junctor-Connection',
  ])('an argument cannot set %s, a constant for it is not sent', async name => {
    const argument = operation({ parameters: [parameter('header', name)] })
    expect(await refused(argument, wire({ header: { [name]: 'evil' } }))).toMatchObject({
      code: 'ARGUMENT_INVALID',
    })
    const constant = operation({
      parameters: [parameter('header', name, { required: true, constant: 'evil' })],
    })
    expect(Object.values((await sent(constant, wire())).headers)).not.toContain('evil')
  })

  test('a Content-Type or Accept parameter wins', async () => {
    const called = operation({
      method: 'POST',
      body: { name: 'body', schema: text, required: true },
      parameters: [parameter('header', 'Content-Type'), parameter('header', 'Accept')],
    })
    const { headers } = await sent(
      called,
      wire({ header: { 'Content-Type': 'application/x-me', Accept: 'text/csv' } }, 'x'),
    )
    expect([headers['content-type'], headers.accept]).toEqual(['application/x-me', 'text/csv'])
  })

  test('what is accepted is one of what the operation lists, and else JSON', async () => {
    const accept = (schema: ParameterDefinition['schema']) =>
      operation({ parameters: [parameter('header', 'Accept', { schema })] })
    const listed = { type: 'string', enum: [{ value: 'text/csv' }, { value: 'text/html' }] } as const
    expect((await sent(accept(listed), wire())).headers.accept).toBe('text/csv')
    expect((await sent(accept({ ...listed, default: 'text/html' }), wire())).headers.accept).toBe('text/html')
    expect((await sent(accept(listed), wire({ header: { Accept: 'text/html' } }))).headers.accept).toBe(
      'text/html',
    )
    expect((await sent(accept(text), wire())).headers.accept).toContain('application/json')
  })
})

describe('forms', () => {
  const field = (name: string, rest: Partial<ParameterDefinition> = {}) => parameter('form', name, rest)

  test('any text arrives equal in a urlencoded form', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyText.filter(name => name !== ''),
        anyText,
        async (name, value) => {
          const called = operation({
            method: 'POST',
            contentType: 'application/x-www-form-urlencoded',
            parameters: [field(name)],
          })
          const { body, headers } = await sent(called, wire({ form: { [name]: value } }))
          expect(headers['content-type']).toBe('application/x-www-form-urlencoded')
          expect([...new URLSearchParams(body.toString())]).toEqual([[name, value]])
        },
      ),
      runs,
    )
  })

  test('any text arrives equal in a multipart form, line breaks of any kind included', async () => {
    const lines = fc.constantFrom('two\nlines', 'cr\rlf', '\r\n', '--', '"; name="other')
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyText, lines), async value => {
        const called = operation({
          method: 'POST',
          contentType: 'multipart/form-data',
          parameters: [field('say "hi"')],
        })
        const { body, headers } = await sent(called, wire({ form: { 'say "hi"': value } }))
        const [, boundary] =
          /^multipart\/form-data; boundary=(\S+)$/.exec(headers['content-type'] ?? '') ?? []
        expect(body.toString()).toBe(
          `--${boundary}\r\nContent-Disposition: form-data; name="say %22hi%22"\r\n\r\n${value}\r\n--${boundary}--\r\n`,
        )
      }),
      runs,
    )
  })

  test('a file makes the form multipart, its octets exact', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async data => {
        const called = operation({
          method: 'POST',
          contentType: 'multipart/form-data',
          parameters: [field('note'), field('upload', { schema: { type: 'string', format: 'binary' } })],
        })
        const content = Buffer.from(data).toString('base64')
        const upload = { '$content-type': 'image/png', $content: content, $filename: 'ä.png' }
        const { body, headers } = await sent(called, wire({ form: { note: 'hé', upload } }))
        const form = await new Response(new Uint8Array(body), {
          headers: { 'content-type': headers['content-type']! },
        }).formData()
        const file = form.get('upload')
        if (!(file instanceof File)) throw new Error('no file arrived')
        expect([form.get('note'), file.name, file.type]).toEqual(['hé', 'ä.png', 'image/png'])
        expect(Buffer.from(await file.arrayBuffer())).toEqual(Buffer.from(data))
      }),
      { numRuns: 30 },
    )
  })

  test('a file must be base64', async () => {
    const called = operation({
      method: 'POST',
      parameters: [field('f', { schema: { type: 'string', format: 'binary' } })],
    })
    for (const f of ['no base64!', 7, { name: 'x' }])
      expect(await refused(called, wire({ form: { f } }))).toMatchObject({ details: { argument: 'f' } })
  })
})

describe('bodies', () => {
  const posting = (
    contentType: string | null,
    schema: NonNullable<OperationDefinition['body']>['schema'],
    required = true,
  ) => operation({ method: 'POST', contentType, body: { name: 'body', schema, required } })

  test('any JSON arrives equal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async value => {
        const { body } = await sent(posting('application/json', { type: 'any' }), wire({}, value as Json))
        expect(JSON.parse(body.toString())).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      runs,
    )
  })

  test('int64 is exact', async () => {
    const { body, headers } = await sent(
      posting('application/json', { type: 'any' }),
      wire({}, { id: 9223372036854775807n }),
    )
    expect(body.toString()).toBe('{"id":9223372036854775807}')
    expect(headers['content-type']).toBe('application/json')
  })

  test('text, XML and JSON strings', async () => {
    expect((await sent(posting('text/plain', text), wire({}, 'a "b"'))).body.toString()).toBe('a "b"')
    expect((await sent(posting('application/xml', text), wire({}, '<a/>'))).body.toString()).toBe('<a/>')
    expect((await sent(posting('application/json', text), wire({}, 'a'))).body.toString()).toBe('"a"')
    expect(await refused(posting('application/xml', { type: 'any' }), wire({}, { a: 1 }))).toMatchObject({
      code: 'ARGUMENT_INVALID',
    })
  })

  describe('whose Content-Type a header sets are what it says', () => {
    const typed = async (contentType: string, body: Json, schema = { type: 'any' } as const) => {
      const called = {
        ...posting('application/json', schema),
        parameters: [parameter('header', 'Content-Type', { required: true, constant: contentType })],
      }
      const seen = await sent(called, wire({}, body))
      return { type: String(seen.headers['content-type']), octets: seen.body.toString() }
    }
    const members = { a: 'x&y', n: 1.5, list: ['p', 'q'], deep: { b: true }, none: null }
    const fields = [
      ['a', 'x&y'],
      ['n', '1.5'],
      ['list', 'p'],
      ['list', 'q'],
      ['deep', '{"b":true}'],
    ]

    test('a form', async () => {
      const { type, octets } = await typed('application/x-www-form-urlencoded; charset=utf-8', members)
      expect(type).toBe('application/x-www-form-urlencoded; charset=utf-8')
      expect([...new URLSearchParams(octets)]).toEqual(fields)
    })

    test('multipart, with a boundary', async () => {
      const { type, octets } = await typed('multipart/form-data', members)
      const form = await new Response(octets, { headers: { 'content-type': type } }).formData()
      expect([...form]).toEqual(fields)
    })

    test('a list of pairs is a form, any other list is JSON', async () => {
      const form = 'application/x-www-form-urlencoded'
      const pairs = [
        { key: 'a', value: 'b&c' },
        { key: 'a', value: 2 },
      ]
      expect((await typed(form, pairs)).octets).toBe('a=b%26c&a=2')
      const multipart = await typed('multipart/form-data', pairs)
      const parts = await new Response(multipart.octets, {
        headers: { 'content-type': multipart.type },
      }).formData()
      expect([...parts]).toEqual([
        ['a', 'b&c'],
        ['a', '2'],
      ])
      for (const list of [
        [],
        [{ key: 'a' }],
        [{ key: 'a', value: null }],
        [{ key: 'a', value: 'b', c: 1 }],
        [1],
      ])
        expect((await typed(form, list)).octets).toBe(JSON.stringify(list))
    })

    test.each([
      ['text/x-markdown', '# "a"', '# "a"'],
      ['application/xml', '<a/>', '<a/>'],
      ['application/x-www-form-urlencoded', 'a=b&c', 'a=b&c'],
      ['application/vnd.api+json', 'a', '"a"'],
      ['application/vnd.api+json', { a: 1 }, '{"a":1}'],
      ['application/x-www-form-urlencoded', {}, ''],
    ])('%s of %j', async (contentType, given, octets) => {
      expect(await typed(contentType, given)).toEqual({ type: contentType, octets })
    })

    test('JSON, where the document takes text', async () => {
      const called = {
        ...posting('text/plain', { type: 'string' }),
        parameters: [parameter('header', 'Content-Type')],
      }
      const { body } = await sent(called, wire({ header: { 'Content-Type': 'application/json' } }, 'a "b"'))
      expect(body.toString()).toBe('"a \\"b\\""')
    })

    test('what it says without its edge spaces', async () => {
      expect((await typed(' application/x-www-form-urlencoded', { a: 'b' })).octets).toBe('a=b')
    })

    test('also where they are form fields', async () => {
      const called = operation({
        method: 'POST',
        contentType: 'application/x-www-form-urlencoded',
        parameters: [
          parameter('form', 'f'),
          parameter('header', 'Content-Type', { required: true, constant: 'multipart/form-data' }),
        ],
      })
      const { body, headers } = await sent(called, wire({ form: { f: 'v' } }))
      const type = String(headers['content-type'])
      const form = await new Response(body.toString(), { headers: { 'content-type': type } }).formData()
      expect([...form]).toEqual([['f', 'v']])
    })
  })

  test('raw octets, with the type the caller names', async () => {
    const binary = { type: 'string', format: 'binary' } as const
    const bare = await sent(posting('application/json', binary), wire({}, '/+8='))
    expect([bare.body, bare.headers['content-type']]).toEqual([
      Buffer.from([0xff, 0xef]),
      'application/octet-stream',
    ])
    const typed = await sent(
      posting(null, binary),
      wire({}, { '$content-type': 'image/gif', $content: 'R0lG' }),
    )
    expect([typed.body.toString(), typed.headers['content-type']]).toEqual(['GIF', 'image/gif'])
  })

  test('required internal members are filled in, their parents only where required', async () => {
    const kind = { type: 'string', visibility: 'internal', default: 'short' } as const
    const wrapper = { type: 'object', properties: { kind }, required: ['kind'], additional: null } as const
    const schema = {
      type: 'object',
      additional: null,
      required: ['kind', 'needed', 'self'],
      properties: {
        text,
        kind,
        needed: wrapper,
        optional: wrapper,
        loose: { type: 'string', visibility: 'internal', default: 'not sent' },
        list: { type: 'array', items: wrapper },
        self: { type: 'ref', ref: 'Self' },
      },
    } as const
    const schemas = {
      Self: {
        type: 'object',
        additional: null,
        required: ['self'],
        properties: { self: { type: 'ref', ref: 'Self' } },
      },
    } as const
    const called = posting('application/json', schema)
    const about = definition(upstream.origin, { schemas })
    const call = async (given: WireArguments) => {
      await opened.invoker.call(invocation(about, called, { arguments: given }))
      return JSON.parse(upstream.last().body.toString())
    }
    expect(await call(wire({}, { text: 'hi', list: [{}, { kind: 'own' }] }))).toEqual({
      text: 'hi',
      kind: 'short',
      needed: { kind: 'short' },
      list: [{ kind: 'short' }, { kind: 'own' }],
    })
    expect(await call(wire())).toEqual({ kind: 'short', needed: { kind: 'short' } })
    expect(await call(wire({}, { optional: {} }))).toMatchObject({ optional: { kind: 'short' } })
  })

  test('an optional body of which defaults are only a part is left out; one that they make whole is sent', async () => {
    const kind = { type: 'string', visibility: 'internal', default: 'short' } as const
    const object = { type: 'object', additional: null, properties: { kind, text } } as const
    const part = posting('application/json', { ...object, required: ['kind', 'text'] }, false)
    expect((await sent(part, wire())).body.length).toBe(0)
    const inside = { ...object, required: ['inner'], properties: { inner: part.body!.schema } }
    expect((await sent(posting('application/json', inside, false), wire())).body.length).toBe(0)
    const whole = posting('application/json', { ...object, required: ['kind'] }, false)
    expect((await sent(whole, wire())).body.toString()).toBe('{"kind":"short"}')
  })

  test('no body is sent where none is given or needed, also with GET', async () => {
    const absent = await sent(posting('application/json', text, false), wire())
    expect([absent.body.length, absent.headers['content-type']]).toEqual([0, undefined])
    const got = await sent(operation({ body: { name: 'b', schema: text, required: false } }), wire({}, 'x'))
    expect(got.body.toString()).toBe('"x"')
  })
})

function decodeAll(value: string): string {
  for (let current = value, round = 0; ; round++) {
    const decoded = current.replace(/%(2e|2f|5c|25)/gi, decodeURIComponent)
    if (decoded === current || round > 5) return current
    current = decoded
  }
}
