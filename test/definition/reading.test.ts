import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findPackages, formatDiagnostics, readDocument, readPackage } from '../../src/definition/index.ts'
import { codes, defined, read, swagger } from './small-document.ts'

const good = JSON.stringify(swagger(), null, 2)

describe('text that breaks the grammar', () => {
  const whole = defined(good)
  test.each([
    ['a byte order mark', `\uFEFF${good}`],
    ['a trailing comma', good.replace(/\}$/, ',}')],
    ['comments', good.replace('{', '{ // the API\n /* of notes */')],
    ['a missing comma', good.replace('"2.0",', '"2.0"')],
    ['a missing last bracket', good.slice(0, -1)],
    ['a missing ] before }', good.replace('"https"\n  ]', '"https"\n')],
    ['a surplus }', good.replace('"version": "1.0"\n  }', '"version": "1.0"\n  }\n  }')],
    ['white space of another script', good.replace('"host"', '\u2003"host"\u2003')],
    ['members behind the root', `${good.slice(0, -1)}}, "x-ms-capabilities": {}`],
  ])('%s is repaired, and told', (_name, text) => {
    const { definition, diagnostics } = read(text)
    expect(definition).toEqual({ ...whole, hash: definition?.hash })
    expect(diagnostics.filter(({ severity }) => severity === 'ERROR')).toEqual([])
  })

  test.each(['\t', '\n', '\u0001'])('a raw control character (%j) in a string stays in it', character => {
    const broken = read(good.replace('"Notes"', `"No${character}tes"`))
    expect(broken.definition?.title).toBe(`No${character}tes`)
    expect(codes(broken)).toContain('WARNING SYNTAX_REPAIRED')
  })

  test('an object that lacks its bracket before the next one in a list', () => {
    const text = JSON.stringify(
      swagger({
        'x-ms-connector-metadata': [
          { propertyName: 'a', propertyValue: 'b' },
          { propertyName: 'Categories', propertyValue: 'X;Y' },
        ],
      }),
    )
    expect(defined(text.replace('"b"},{', '"b",{')).categories).toEqual(['X', 'Y'])
  })

  test('a surplus bracket that ends the document early is found by its indentation', () => {
    const paths = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [
        `/things${index}`,
        { get: { operationId: `Get${index}`, responses: { 200: { description: 'ok' } } } },
      ]),
    )
    const text = JSON.stringify(swagger({ paths }), null, 2)
    const broken = text.replace(/(\n {4}\}),(\n {4}"\/things5")/, '$1\n    }\n    },$2')
    expect(broken).not.toBe(text)
    expect(defined(broken).operations).toHaveLength(30)
  })

  test('repeated keys are told, and the last counts', () => {
    const result = read(good.replace('"host"', '"host": "old.example.com",\n "host"'))
    expect(result.definition?.baseUrl).toBe('https://api.example.com/v1')
    expect(formatDiagnostics(result.diagnostics)).toContain('repeats the key "host"')
  })

  test('the place of a repeated key is told', () => {
    const twice = good.replace('"operationId"', '"tags": [{}, {"a": 1, "a": 2}],\n "operationId"')
    const told = read(twice).diagnostics.find(({ code }) => code === 'SYNTAX_REPAIRED')
    expect(told?.pointer).toBe('/paths/~1notes/get/tags/1')
  })

  test.each([
    ['nothing', ''],
    ['a scalar', '42'],
    ['a list', '[1, 2]'],
    ['prose', 'This is not an API.'],
    ['JSON beyond repair', '{"swagger": : "2.0"}'],
    ['YAML beyond repair', 'swagger: "2.0\npaths: ['],
    ['another version', '{"swagger": "1.2", "paths": {}}'],
    ['another dialect', '{"asyncapi": "2.0.0"}'],
  ])('%s is an error, not a throw', (_name, text) => {
    const { definition, diagnostics } = read(text)
    expect(definition).toBeNull()
    expect(diagnostics.some(({ severity }) => severity === 'ERROR')).toBe(true)
  })

  test('properties beyond repair are an error too', () => {
    const result = readDocument({ name: 'notes', document: good, properties: '{"a" "b"}' })
    expect(result.definition).toBeNull()
    expect(codes(result)).toContain('ERROR SYNTAX_INVALID')
  })
})

describe('YAML', () => {
  test('is read like JSON, whatever it takes for a number', () => {
    const definition = defined(`
swagger: 2.0
info: { title: Notes, version: 1.10 }
host: api.example.com
paths:
  /notes:
    get:
      operationId: ListNotes
      responses:
        200: { description: ok, schema: { type: string, enum: [yes, no] } }
`)
    expect(definition.operations[0]?.response).toMatchObject({ enum: [{ value: 'yes' }, { value: 'no' }] })
    expect(definition.version).toBe('1.1')
  })

  test('anchors are written out', () => {
    const definition = defined(`
swagger: '2.0'
paths:
  /a: &item { get: { responses: { 200: { description: ok, schema: { type: boolean } } } } }
  /b: *item
`)
    expect(definition.operations.map(({ response }) => response?.type)).toEqual(['boolean', 'boolean'])
  })
})

describe('packages on disk', () => {
  let root: string
  const put = async (folder: string, files: Record<string, string | Uint8Array>) => {
    await mkdir(join(root, folder), { recursive: true })
    for (const [name, content] of Object.entries(files)) await writeFile(join(root, folder, name), content)
  }
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'junctor-definition-'))
    await put('certified/Notes & More', { 'apidefinition.SWAGGER.json': good })
    await put('certified/Notes & More/nested', { 'apiDefinition.swagger.json': good })
    await put('custom/notes-more', { 'openapi.yaml': 'openapi: 3.0.0\npaths: {}\n' })
    await put('certified/365 Training', {
      'Other-Name.swagger.json': good,
      'apiProperties.json': '{"properties":{}}',
    })
    await put('certified/Brønnøysund', {
      'apiDefinition.swagger.json': Buffer.from(
        JSON.stringify(swagger({ info: { title: 'Brønnøysund' } })),
        'latin1',
      ),
    })
    await put('certified/Both', {
      'apiDefinition.swagger.json': good,
      'apiProperties.json': '{"properties":{"iconBrandColor":"#12ab34","publisher":"Somebody"}}',
      'icon.png': 'x',
      'webapp.ts': '',
      'script.csx': '',
    })
    await put('empty', { 'readme.md': '' })
    await put('unclear/two', { 'a.swagger.json': good, 'b.swagger.json': good })
    await put('unclear/none', { 'apiProperties.json': '{}' })
    await put('unclear/link', {})
    await symlink(
      join(root, 'certified/Both/apiDefinition.swagger.json'),
      join(root, 'unclear/link/swagger.json'),
    )
    for (const name of ['apiDefinition.json', 'swagger.yml', 'notes.openapi.yaml', 'openapi.yml'])
      await put(`single/${name}`, { [name]: good })
  })
  afterAll(() => rm(root, { recursive: true }))

  test('are found in an order and by names that only their paths decide', async () => {
    const found = await findPackages([root])
    expect(found.map(({ folder, name }) => [folder.slice(root.length + 1), name])).toEqual([
      ['certified/365 Training', 'c365training'],
      ['certified/Both', 'both'],
      ['certified/Brønnøysund', 'bronnoysund'],
      ['certified/Notes & More', 'notesmore'],
      ['certified/Notes & More/nested', 'nested'],
      ['custom/notes-more', 'notesmorecustom'],
      ['single/apiDefinition.json', 'apidefinitionjson'],
      ['single/notes.openapi.yaml', 'notesopenapiyaml'],
      ['single/openapi.yml', 'openapiyml'],
      ['single/swagger.yml', 'swaggeryml'],
      ['unclear/link', 'link'],
      ['unclear/none', 'none'],
      ['unclear/two', 'two'],
    ])
    const renamed = found.find(({ name }) => name === 'notesmorecustom')
    expect(renamed?.diagnostics.map(({ code }) => code)).toEqual(['NAME_DUPLICATE'])
    expect(await findPackages([root, join(root, 'custom')])).toEqual(found)
  })

  test('a folder that is not there is refused by name', async () => {
    await expect(findPackages([join(root, 'absent')])).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('everything in the folder is taken in', async () => {
    const { name, definition, diagnostics } = await readPackage(join(root, 'certified/Both'))
    expect(name).toBe('both')
    expect(definition).toMatchObject({
      name: 'both',
      publisher: 'Somebody',
      brandColor: '#12ab34',
      icon: join(root, 'certified/Both/icon.png'),
      webapp: join(root, 'certified/Both/webapp.ts'),
    })
    expect(definition?.operations[0]?.scripted).toBe(true)
    expect(diagnostics.map(({ code }) => code)).toContain('SCRIPT_REQUIRED')
  })

  test('bytes that are not UTF-8 are taken for Windows-1252', async () => {
    const { definition, diagnostics } = await readPackage(join(root, 'certified/Brønnøysund'))
    expect(definition?.title).toBe('Brønnøysund')
    expect(diagnostics.map(({ code }) => code)).toContain('ENCODING_REPAIRED')
  })

  test('the name can be given', async () => {
    const { definition } = await readPackage(join(root, 'custom/notes-more'), { name: 'notesmorecustom' })
    expect(definition?.name).toBe('notesmorecustom')
  })

  test('a file that is too large is not read', async () => {
    const result = await readPackage(join(root, 'certified/Both'), { bounds: { bytes: 100 } })
    expect(result.definition).toBeNull()
    expect(result.diagnostics.map(({ code }) => code)).toContain('FILE_TOO_LARGE')
  })

  test.each([
    ['two', 'has several definitions, "a.swagger.json", "b.swagger.json"'],
    ['none', 'has an apiProperties.json, but no apiDefinition.swagger.json'],
    ['link', 'the definition is one, "swagger.json"'],
  ])('a folder that means to be a package is found, and told why it is none: %s', async (folder, message) => {
    const result = await readPackage(join(root, 'unclear', folder))
    expect(codes(result)).toEqual(['ERROR FILE_MISSING'])
    expect(result.diagnostics[0]?.message).toContain(message)
  })

  test.each(['apiDefinition.json', 'swagger.yml', 'notes.openapi.yaml', 'openapi.yml'])(
    'a definition that is called %s is read',
    async name => {
      const { definition } = await readPackage(join(root, 'single', name))
      expect(definition?.operations).toHaveLength(1)
    },
  )

  test('a folder without a definition is an error', async () => {
    const result = await readPackage(join(root, 'empty'))
    expect(codes(result)).toEqual(['ERROR FILE_MISSING'])
  })

  test('the hash follows the texts and whether there is a webapp', async () => {
    const hash = async (folder: string) => (await readPackage(join(root, folder))).definition?.hash
    expect(await hash('certified/Notes & More')).toBe(await hash('certified/Notes & More/nested'))
    expect(await hash('certified/Both')).not.toBe(await hash('certified/Notes & More'))
  })
})

test('a finding is one line, and cannot paint on a terminal', () => {
  const line = formatDiagnostics([
    {
      severity: 'WARNING',
      code: 'NAME_CHANGED',
      message: 'a\u001b[2Jb\nc\u202e',
      pointer: '/paths',
      operation: 'Op',
    },
  ])
  expect(line).toBe('WARNING  NAME_CHANGED  /paths  Op  a\\u{1b}[2Jb\\u{a}c\\u{202e}')
})
