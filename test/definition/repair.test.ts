import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDiagnostics } from '../../src/definition/index.ts'
import { codes, defined, read, swagger } from './small-document.ts'

const operation = (operationId: string, more: object = {}) => ({
  operationId,
  parameters: [
    { name: 'q', in: 'query', type: 'string', enum: ['a', 'b'] },
    { name: 'since', in: 'query', type: 'string' },
  ],
  responses: { 200: { description: 'ok', schema: { $ref: '#/definitions/Note' } }, 404: { description: '' } },
  ...more,
})
const document = swagger({
  tags: [],
  paths: {
    '/notes': { get: operation('ListNotes'), post: operation('MakeNote', { summary: 'New' }) },
    '/notes/{id}': { get: operation('GetNote'), delete: operation('DropNote') },
    '/labels': { get: operation('ListLabels') },
  },
  definitions: {
    Note: { type: 'object', properties: { text: { type: 'string' }, more: {}, label: { type: 'string' } } },
  },
})
const whole = defined(document)
const ids = whole.operations.map(({ id }) => id)

/** Offsets of all closing brackets outside strings. */
function closers(text: string): number[] {
  const blanked = text.replace(/"(?:[^"\\]|\\.)*"/g, string => ' '.repeat(string.length))
  return [...blanked.matchAll(/[}\]]/g)].map(({ index }) => index)
}

const messages = (text: string) => formatDiagnostics(read(text).diagnostics)

describe('a bracket that is missing, double or of the other kind', () => {
  const indents = fc.constantFrom<string | number>(1, 2, 4, '\t')
  const edits = fc.constantFrom(
    () => '',
    (bracket: string) => bracket + bracket,
    (bracket: string) => (bracket === '}' ? ']' : '}'),
  )

  test('is put right wherever it stands, by the indentation', () => {
    fc.assert(
      fc.property(indents, fc.nat(), edits, (indent, which, edit) => {
        const text = JSON.stringify(document, null, indent)
        const places = closers(text)
        const at = places[which % places.length] ?? 0
        const broken = text.slice(0, at) + edit(text.charAt(at)) + text.slice(at + 1)
        const { definition, diagnostics } = read(broken)
        expect({ ...definition, hash: '' }).toEqual({ ...whole, hash: '' })
        expect(diagnostics.map(({ code }) => code)).toContain('SYNTAX_REPAIRED')
      }),
      { numRuns: 400 },
    )
  })

  test('loses nothing silently where there is no indentation', () => {
    const text = JSON.stringify(document)
    for (const at of closers(text)) {
      for (const bracket of ['', text.charAt(at).repeat(2)]) {
        const broken = text.slice(0, at) + bracket + text.slice(at + 1)
        const { definition, diagnostics } = read(broken)
        if (definition === null) continue
        const found = new Set(definition.operations.map(({ id }) => id))
        const told = diagnostics.flatMap(({ code, operation }) =>
          code === 'OPERATION_SKIPPED' ? [operation] : [],
        )
        expect(ids.filter(id => !found.has(id) && !told.includes(id))).toEqual([])
        expect(codes({ definition, diagnostics })).toContain('WARNING SYNTAX_REPAIRED')
      }
    }
  })

  test('is told with its line and place, and without doubt where the indentation shows it', () => {
    const text = JSON.stringify(document, null, 2)
    const lines = text.split('\n')
    const line = lines.indexOf('    },', lines.indexOf('    "/notes": {'))
    const { diagnostics } = read([...lines.slice(0, line), ...lines.slice(line + 1)].join('\n'))
    expect(diagnostics.filter(({ message }) => message.includes('bracket'))).toEqual([
      {
        severity: 'WARNING',
        code: 'SYNTAX_REPAIRED',
        message: `The definition: Line ${line + 1}: a missing closing bracket was put in.`,
        pointer: '/paths/~1notes',
      },
    ])
    expect(messages(JSON.stringify(document).replace('"q"', '["q"'))).toContain('indentation does not show')
  })

  test('in a text that closes its brackets where lines end', () => {
    const lisp = JSON.stringify(document, null, 2).replace(/\n *(?=[}\]])/g, '')
    const trailing = `${lisp.slice(0, -1)},}`
    expect(defined(trailing).operations).toEqual(whole.operations)
    expect(defined(lisp.slice(0, -1)).operations).toEqual(whole.operations)
  })

  test('what goes on behind the document is not dropped', () => {
    const result = read(`${JSON.stringify(document)} {"swagger": "2.0"}`)
    expect(codes(result)).toEqual(['ERROR SYNTAX_INVALID'])
    expect(defined(`${JSON.stringify(document)} }`).operations).toEqual(whole.operations)
  })
})

describe('operations that stand where none is looked for', () => {
  const get = operation('Inner')
  test.each([
    ['a path inside a path', { '/a': { get: operation('A'), '/b': { get } } }, '/paths/~1a/~1b'],
    ['an unknown member of a path', { '/a': { get: operation('A'), fetch: get } }, '/paths/~1a/fetch'],
  ])('%s', (_name, paths, pointer) => {
    const result = read(swagger({ paths }))
    expect(result.definition?.operations.map(({ id }) => id)).toEqual(['A'])
    expect(result.diagnostics).toContainEqual(
      expect.objectContaining({ severity: 'WARNING', code: 'DOCUMENT_INVALID', pointer }),
    )
  })

  test.each([
    [
      'inside an operation',
      { paths: { '/a': { get: { ...operation('A'), post: get } } } },
      '/paths/~1a/get/post',
    ],
    [
      'inside a response',
      { paths: { '/a': { get: operation('A', { responses: { default: { '/b': { get } } } }) } } },
      '/paths/~1a/get/responses/default/~1b/get',
    ],
    ['beside the paths', { paths: { '/a': { get: operation('A') } }, '/b': { get } }, '/~1b/get'],
  ])('%s', (_name, parts, pointer) => {
    const { diagnostics } = read(swagger(parts))
    expect(diagnostics).toContainEqual(
      expect.objectContaining({
        severity: 'WARNING',
        code: 'OPERATION_SKIPPED',
        pointer,
        operation: 'Inner',
      }),
    )
  })

  test('what may be in a path item is no finding, nor is an operation that is referred to', () => {
    const item = { parameters: [], summary: '', description: '', 'x-more': { a: 1 }, $ref: '#/x-items/A' }
    const parts = { paths: { '/a': item }, 'x-items': { A: { get: operation('A') } } }
    expect(codes(read(swagger({ ...parts, definitions: document.definitions })))).toEqual([])
  })
})

describe('strings that break the grammar', () => {
  const good = JSON.stringify(swagger(), null, 2)
  const title = (raw: string) => defined(good.replace('"Notes"', `"${raw}"`)).title

  test.each([
    ['an escape that JSON does not know', String.raw`C:\Program \d`, String.raw`C:\Program \d`],
    ['a Unicode escape that ends early', String.raw`a\u12 b`, String.raw`a\u12 b`],
    ['escapes beside a raw line break', 'é\n \\u00e9 \\t \\"x\\"', 'é\n é \t "x"'],
    ['a backslash before the closing quote', 'C:\\dir\\', 'C:\\dir\\'],
  ])('%s', (_name, raw, expected) => {
    expect(title(raw)).toBe(expected)
  })

  test('a path keeps its backslashes', () => {
    expect(defined(good.replace('"/notes"', String.raw`"/n\_x/\d"`)).operations[0]?.path).toBe(
      String.raw`/n\_x/\d`,
    )
  })

  test('each is told with its line, beside other repairs', () => {
    const broken = good
      .replace('"Notes"', '"No\\qtes"')
      .replace('"1.0"', '"1\n.0",')
      .replace('"host"', '/* the\nhost */ "host"')
      .replace('"ok"', '"\to\tk"')
    const told = messages(broken)
    expect(told).toContain('Line 4: JSON knows no escape \\q')
    expect(told).toContain('Line 5: raw control characters')
    expect(told).toContain('Line 7: a comma before a closing bracket')
    expect(told).toContain('Line 8: comments were left out')
    expect(told).toMatch(/Line 20: raw control characters/)
  })

  test('a thousand comments are no reason to refuse', () => {
    const { definition, diagnostics } = read(good.replace('{', `{"x-list": [${'// c\n1,'.repeat(1_000)} 1],`))
    expect(definition?.operations).toHaveLength(1)
    expect(diagnostics).toHaveLength(101)
    expect(diagnostics.at(-1)?.message).toContain('900 more')
  })
})
