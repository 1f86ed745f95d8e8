import { describe, expect, test } from 'vitest'
import { formatDiagnostics } from '../../src/definition/index.ts'
import { codes, defined, read, swagger } from './small-document.ts'

const good = JSON.stringify(swagger(), null, 2)
const whole = defined(good)

describe('whether a text is JSON or YAML', () => {
  test.each([
    ['JSON below a comment', `// made by a tool\n${good}`],
    ['JSON below a comment of several lines', `/* made\nby a tool */\n${good}`],
    ['JSON below a character that nobody sees', `\u200b${good}`],
    ['YAML in flow style, in single quotes', good.replaceAll('"', "'")],
    ['YAML in flow style, without quotes', good.replace('"swagger"', 'swagger')],
    ['YAML in flow style below a comment', `# made by a tool\n${good.replaceAll('"', "'")}`],
    ['JSON with a fault below a comment of YAML', `# made by a tool\n${good.replace('"2.0",', '"2.0"')}`],
  ])('%s is read', (_name, text) => {
    const { definition } = read(text)
    expect({ ...definition, hash: '' }).toEqual({ ...whole, hash: '' })
  })

  test.each([
    ['JSON', '{"swagger": : "2.0"}', 'is no JSON, and not to be repaired. Line 1: a colon'],
    ['YAML in flow style', "{'swagger': '2.0', paths: [}", 'is no YAML. '],
    ['YAML', 'swagger: "2.0\npaths: [', 'is no YAML. '],
  ])('of text that is neither, the error is told as of %s', (_name, text, message) => {
    const result = read(text)
    expect(codes(result)).toEqual(['ERROR SYNTAX_INVALID'])
    expect(result.diagnostics[0]?.message).toContain(message)
  })
})

test('JSON that only YAML can take is told; keys that run into their values are no YAML', () => {
  const result = read(good.replace('"2.0"', "'2.0'"))
  expect(result.definition?.operations).toEqual(whole.operations)
  expect(formatDiagnostics(result.diagnostics)).toContain('was read as YAML')
  expect(codes(read("{swagger:'2.0', paths:{}}"))).toEqual(['ERROR SYNTAX_INVALID'])
})

describe('what YAML alone has', () => {
  const yaml = `swagger: '2.0'
x-common: &common
  limit: { type: string }
  own: { type: boolean }
paths:
  /a:
    get:
      operationId: A
      responses: { 200: { description: ok, schema: { $ref: '#/definitions/T' } } }
  /b:
    get: { operationId: B, responses: { 200: { description: ok } } }
    get: { operationId: C, responses: { 200: { description: ok } } }
  '/b':
    post: { operationId: D, responses: { 200: { description: ok } } }
definitions:
  T:
    type: object
    properties:
      <<: [*common, { more: { type: integer } }]
      own: { type: string }
`

  test('merge keys are merged, and what stands beside them wins', () => {
    const { T } = defined(yaml).schemas
    expect(T?.type === 'object' && Object.keys(T.properties).sort()).toEqual(['limit', 'more', 'own'])
    expect(T?.type === 'object' && T.properties.own?.type).toBe('string')
  })

  test('repeated keys are told with line and place, and the last counts', () => {
    const { definition, diagnostics } = read(yaml)
    expect(definition?.operations.map(({ id }) => id)).toEqual(['A', 'D'])
    expect(diagnostics.filter(({ code }) => code === 'SYNTAX_REPAIRED')).toEqual([
      {
        severity: 'WARNING',
        code: 'SYNTAX_REPAIRED',
        message: 'The definition: Line 13 repeats the key "/b"; the last one counts.',
        pointer: '/paths',
      },
      {
        severity: 'WARNING',
        code: 'SYNTAX_REPAIRED',
        message: 'The definition: Line 12 repeats the key "get"; the last one counts.',
        pointer: '/paths/~1b',
      },
    ])
  })

  test('200 and "200" are one key, two merges are none', () => {
    const twice = yaml.replace('responses: { 200:', "responses: { 200: { description: '' }, '200':")
    expect(formatDiagnostics(read(twice).diagnostics)).toContain('Line 9 repeats the key "200"')
    const merges = yaml.replace('      own: { type: string }', '      <<: { even: { type: string } }')
    expect(formatDiagnostics(read(merges).diagnostics)).not.toContain('<<')
  })

  test('a tag that nobody knows is told', () => {
    expect(formatDiagnostics(read(`${yaml}x-tagged: !odd value\n`).diagnostics)).toContain('Unresolved tag')
  })
})
