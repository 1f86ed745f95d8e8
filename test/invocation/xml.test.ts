// XML answers: what a schema declares is found in them, however loosely they keep to it; and nothing in them does harm.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Schema, XmlHints } from '../../src/definition/index.ts'
import type { Json } from '../../src/json.ts'
import { printJson } from '../../src/json.ts'
import { definition, invocation, operation, text } from './definitions.ts'
import { type OpenedInvoker, openInvoker } from './open-invoker.ts'
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

type Properties = Readonly<Record<string, Schema>>
const object = (properties: Properties, additional: Schema | null = null): Schema => ({
  type: 'object',
  properties,
  required: [],
  additional,
})
const list = (items: Schema, xml?: XmlHints): Schema => ({ type: 'array', items, ...(xml ? { xml } : {}) })
const integer: Schema = { type: 'integer', format: 'int64' }
const any: Schema = { type: 'any' }

async function answered(
  xml: string,
  response: Schema,
  { type = 'application/xml', schemas = {} }: { type?: string; schemas?: Properties } = {},
): Promise<unknown> {
  upstream.answer = (_request, answer) => answer.writeHead(200, { 'content-type': type }).end(xml)
  const about = definition(upstream.origin, { schemas })
  return (await opened.invoker.call(invocation(about, operation({ response })))).body
}

describe('an object', () => {
  const book = object({
    id: { ...integer, xml: { attribute: true } },
    title: { type: 'string', xml: { name: 'name' } },
    price: { type: 'number' },
    sold: { type: 'boolean' },
  })

  test('has its elements and attributes under the names of the properties', async () => {
    const xml =
      '<?xml version="1.0"?><book id="9007199254740993"><name>A &amp; <![CDATA[<B>]]></name><price> 1.5 </price><sold>TRUE</sold></book>'
    expect(await answered(xml, book)).toEqual({
      id: 9007199254740993n,
      title: 'A & <B>',
      price: 1.5,
      sold: true,
    })
  })

  test.each(['text/xml; charset=utf-8', 'application/atom+xml', 'text/plain', ''])(
    'under the type "%s"',
    async type => {
      expect(await answered('<book id="1"/>', book, { type })).toEqual({ id: 1 })
    },
  )

  test('whatever the namespace, the prefix and the case, and without what is not declared', async () => {
    const xml =
      '<b:Book xmlns:b="urn:b" b:ID="1"><b:Name>x</b:Name><b:other><b:price>2</b:price></b:other></b:Book>'
    expect(await answered(xml, book)).toEqual({ id: 1, title: 'x' })
  })

  test('an attribute that is an element and the other way round', async () => {
    expect(await answered('<book name="x"><id>1</id></book>', book)).toEqual({ id: 1, title: 'x' })
  })

  test('whose document is described instead of its root', async () => {
    expect(await answered('<book id="1"/>', object({ book }))).toEqual({ book: { id: 1 } })
  })

  test('nil and empty are null, but text is text', async () => {
    const xml =
      '<book xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><id/><name xsi:nil="true"/><price></price></book>'
    expect(await answered(xml, object({ id: integer, name: text, price: text }))).toEqual({
      id: null,
      name: null,
      price: '',
    })
  })

  test('what does not fit stays text, for whoever reads the answer to decide', async () => {
    expect(await answered('<book id="many"><price>1,5</price></book>', book)).toEqual({
      id: 'many',
      price: '1,5',
    })
  })

  test('text beside attributes is the member that stands for it', async () => {
    const price = object({
      currency: { type: 'string', xml: { attribute: true } },
      value: { type: 'number' },
    })
    expect(await answered('<r><price currency="EUR">3</price></r>', object({ price }))).toEqual({
      price: { currency: 'EUR', value: 3 },
    })
  })

  test('of named schemas, within themselves too', async () => {
    const schemas = { Node: object({ name: text, child: { type: 'ref', ref: 'Node' } }) }
    const xml = '<node><name>a</name><child><name>b</name></child></node>'
    expect(await answered(xml, { type: 'ref', ref: 'Node' }, { schemas })).toEqual({
      name: 'a',
      child: { name: 'b' },
    })
  })
})

describe('a list', () => {
  const wanted = { ids: [1, 2] }
  test.each([
    ['one after another', '<r><ids>1</ids><ids>2</ids></r>', list(integer)],
    ['under the name of its items', '<r><id>1</id><id>2</id></r>', list({ ...integer, xml: { name: 'id' } })],
    [
      'wrapped',
      '<r><ids><id>1</id><id>2</id></ids></r>',
      list({ ...integer, xml: { name: 'id' } }, { wrapped: true }),
    ],
    [
      'wrapped under a name',
      '<r><all><ids>1</ids><ids>2</ids></all></r>',
      list(integer, { wrapped: true, name: 'all' }),
    ],
    ['wrapped though nothing says so', '<r><ids><x>1</x><x>2</x></ids></r>', list(integer)],
    ['not wrapped though it should be', '<r><ids>1</ids><ids>2</ids></r>', list(integer, { wrapped: true })],
  ])('%s', async (_how, xml, ids) => {
    expect(await answered(xml, object({ ids }))).toEqual(wanted)
  })

  test('of objects, one item as well as several', async () => {
    const items = list(object({ name: text, tags: list(text) }))
    expect(await answered('<r><items><name>a</name><tags>x</tags></items></r>', object({ items }))).toEqual({
      items: [{ name: 'a', tags: ['x'] }],
    })
    expect(await answered('<r><items><item><name>a</name></item></items></r>', object({ items }))).toEqual({
      items: [{ name: 'a' }],
    })
  })

  test('empty, or not there', async () => {
    const ids = list(integer, { wrapped: true })
    expect(await answered('<r><ids/></r>', object({ ids }))).toEqual({ ids: [] })
    expect(await answered('<r/>', object({ ids }))).toEqual({})
  })

  test('as the root', async () => {
    expect(await answered('<ids><id>1</id><id>2</id></ids>', list(integer))).toEqual([1, 2])
  })
})

test('where nothing is declared, elements, attributes and text are as Json.NET writes them', async () => {
  const xml = '<r a="1"><x>1</x><x b="2">text</x><y/></r>'
  const members = { '@a': '1', x: ['1', { '@b': '2', '#text': 'text' }], y: '' }
  expect(await answered(xml, object({}, any))).toEqual(members)
  expect(await answered(`<d>${xml}</d>`, object({ r: any }))).toEqual({ r: members })
})

test('stays text where text is declared, or nothing', async () => {
  expect(await answered('<a>1</a>', text)).toBe('<a>1</a>')
  expect(await answered('<a>1</a>', any)).toBe('<a>1</a>')
})

test('any text and any attribute arrive equal', async () => {
  const allowed = fc
    .string({ unit: 'grapheme' })
    .filter(value => !/[^\t\n\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(value))
  const escaped = (value: string) =>
    value.replace(/[&<>"\t\n\r]/g, character => `&#${character.codePointAt(0)};`)
  await fc.assert(
    fc.asyncProperty(allowed, allowed, async (a, b) => {
      const xml = `<r a="${escaped(a)}"><b>${escaped(b)}</b></r>`
      expect(await answered(xml, object({ a: text, b: text }))).toEqual({ a, b })
    }),
    { numRuns: 100 },
  )
})

describe('hostile', () => {
  const r = object({ a: text }, any)
  test.each([
    ['an entity of its own', '<!DOCTYPE r [<!ENTITY e "boom">]><r><a>&e;</a></r>'],
    ['an external entity', '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]><r><a>&e;</a></r>'],
    ['what is not well formed', '<r><a></r>'],
    ['two roots', '<r/><r/>'],
    ['tags without end', `<r>${'<a'.repeat(100_000)}`],
    ['quotes without end', `<r>${'<a b="'.repeat(100_000)}`],
    ['too many levels', '<r>'.repeat(5_000) + '</r>'.repeat(5_000)],
    ['too many levels with quoted brackets', '<r x=">">'.repeat(5_000) + '</r>'.repeat(5_000)],
    ['too much', `<r>${'<a/>'.repeat(1_100_000)}</r>`],
  ])('%s stays text', async (_what, xml) => {
    expect(await answered(xml, r)).toBe(xml)
  })

  test('a hundred levels are read, and many elements without end tags are no level', async () => {
    const deep = '<r>'.repeat(100) + '</r>'.repeat(100)
    expect(typeof (await answered(deep, r))).toBe('object')
    const wide = `<r>${'<a x="b>c"/>'.repeat(1_000)}</r>`
    expect(await answered(wide, object({ a: list(any) }))).toMatchObject({ a: { length: 1_000 } })
  })

  test('names that objects inherit are members like others', async () => {
    const named = object({ constructor: text, toString: text })
    const body = await answered('<r><constructor>a</constructor></r>', named)
    expect(printJson(body as Json)).toBe('{"constructor":"a"}')
    const loose = await answered('<r><__proto__><x>1</x></__proto__></r>', object({}, any))
    expect(printJson(loose as Json)).toBe('{"__proto__":{"x":"1"}}')
    expect(Object.prototype).not.toHaveProperty('x')
  })
})

test('many elements of one name are read in one go, declared or not', async () => {
  const count = 300_000
  const xml = `<all>${'<i>1</i>'.repeat(count)}</all>`
  expect(await answered(xml, object({ i: list(integer) }))).toEqual({ i: Array(count).fill(1) })
  const undeclared = (await answered(xml, object({}, any))) as { i: string[] }
  expect(undeclared.i).toHaveLength(count)
})
