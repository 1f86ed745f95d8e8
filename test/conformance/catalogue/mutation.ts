// Ways to bend a document in place that keep it a document: the walk goes down by index, so that shrinking shortens it.
import fc from 'fast-check'

export interface Mutation {
  /** Which member at each level, modulo how many there are. */
  readonly where: readonly number[]
  readonly how: 'replace' | 'graft' | 'wrap' | 'retarget' | 'rename' | 'remove'
  /** Picks among snippets, names, wrappers, places and targets. */
  readonly pick: number
}

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  where: fc.array(fc.nat(200), { minLength: 1, maxLength: 12 }),
  how: fc.constantFrom('replace', 'graft', 'wrap', 'retarget', 'rename', 'remove'),
  pick: fc.nat(10_000),
})

const names = [
  '__proto__',
  'constructor',
  'toString',
  '$ref',
  'type',
  'Query',
  'id',
  '',
  ' ',
  'a-b',
  'a_b',
  '漢字',
  'Input',
  'input',
  'connection',
  'after',
  'where',
  'and',
  'not',
  'limit',
  'Event',
  '__typename',
]

const snippets: readonly unknown[] = [
  null,
  true,
  -1,
  1e300,
  '',
  '#',
  '#/',
  '#/definitions',
  'https://127.0.0.1:1/x.json',
  [],
  {},
  [null],
  { type: ['string', 'null', 'object'] },
  { type: 'object', required: ['a'], properties: { a: { type: 'integer', default: 'x' } } },
  { type: 'array', items: { type: 'array', items: { type: 'array' } } },
  { type: 'string', format: 'binary' },
  { type: 'string', enum: [null, 1, 'a', 'a', {}] },
  { type: 'integer', format: 'int64', default: '9223372036854775808' },
  {
    oneOf: [
      { type: 'object', properties: { a: {} } },
      { type: 'object', properties: { b: {} } },
    ],
  },
  { anyOf: [{ type: 'string' }, { type: 'null' }] },
  { allOf: [{ type: 'string' }, { type: 'object' }] },
  { 'x-ms-notification-url': true, type: 'string' },
  { 'x-ms-dynamic-schema': { operationId: 'nobody', parameters: { a: { parameter: 'b' } } } },
  {
    name: 'x',
    in: 'query',
    required: true,
    schema: { type: 'object', properties: { x: { type: 'string' } } },
  },
]

const wrappers: readonly ((value: unknown) => unknown)[] = [
  value => ({ allOf: [value, value] }),
  value => ({ oneOf: [value, { type: 'object', properties: { z: { type: 'string' } } }] }),
  value => ({ anyOf: [value, { type: 'null' }] }),
  value => ({ type: 'array', items: value }),
  value => ({ type: 'object', properties: { inner: value }, required: ['inner'] }),
  value => [value, value],
]

/** Bends the value that the walk ends at; where there is none, nothing happens. */
export function mutate(document: unknown, mutation: Mutation): void {
  const place = walk(document, mutation.where)
  if (place === null) return
  const { owner, key } = place
  const value: unknown = Reflect.get(owner, key)
  if (mutation.how === 'remove' || mutation.how === 'rename') Reflect.deleteProperty(owner, key)
  if (mutation.how === 'remove') return
  const name = names[mutation.pick % names.length]
  const renamed = mutation.how === 'rename' && name !== undefined && !Array.isArray(owner) ? name : key
  put(owner, renamed, structuredClone(bent(document, value, mutation)))
}

function bent(document: unknown, value: unknown, { where, how, pick }: Mutation): unknown {
  switch (how) {
    case 'replace':
      return snippets[pick % snippets.length]
    case 'wrap':
      return wrappers[pick % wrappers.length]?.(value)
    case 'retarget':
      return { $ref: target(document, pick) }
    case 'graft': {
      const other = walk(
        document,
        where.toReversed().map(index => index + pick),
      )
      return other === null ? value : Reflect.get(other.owner, other.key)
    }
    default:
      return value
  }
}

interface Place {
  readonly owner: object
  readonly key: string
}

function walk(document: unknown, where: readonly number[]): Place | null {
  let place: Place | null = null
  let current = document
  for (const index of where) {
    if (typeof current !== 'object' || current === null) return place
    const keys = Object.keys(current)
    const key = keys[index % Math.max(keys.length, 1)]
    if (key === undefined) return place
    place = { owner: current, key }
    current = Reflect.get(current, key)
  }
  return place
}

/** As JSON.parse would have it: `__proto__` is a member like any other. */
function put(owner: object, key: string, value: unknown): void {
  Object.defineProperty(owner, key, { value, enumerable: true, configurable: true, writable: true })
}

function target(document: unknown, pick: number): string {
  const { definitions = {}, components = {} } = document as {
    definitions?: object
    components?: { schemas?: object }
  }
  const schemas = Object.keys({ ...definitions, ...components?.schemas })
  const home = Object.keys(definitions ?? {}).length > 0 ? '#/definitions/' : '#/components/schemas/'
  return `${home}${schemas[pick % Math.max(schemas.length, 1)] ?? 'Nothing'}`
}
