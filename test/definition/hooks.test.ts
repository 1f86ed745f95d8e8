// hooks.ts beside a script: which operations it stands in for, and when it does not.
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readPackage } from '../../src/definition/index.ts'

const script = '// One script.\n'
const hash = createHash('sha256').update(script).digest('hex')
const document = JSON.stringify({
  swagger: '2.0',
  info: { title: 'Notes', version: '1' },
  host: 'notes.example.com',
  schemes: ['https'],
  paths: Object.fromEntries(
    ['Add', 'List', 'Status'].map(id => [
      `/${id}`,
      { get: { operationId: id, responses: { 200: { description: 'OK', schema: { type: 'string' } } } } },
    ]),
  ),
})
const properties = JSON.stringify({ properties: { scriptOperations: ['Add', 'List'] } })
const hooks = (list: string, replaced = hash) =>
  `export const hooks = {\n  script: '${replaced}',\n  ${list}\n  async call() {},\n}\n`

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'junctor-hooks-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Reads the package with these files besides its document. */
async function read(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries({ 'apiDefinition.swagger.json': document, ...files }))
    await writeFile(join(folder, name), text)
  const { definition, diagnostics } = await readPackage(folder)
  return {
    hooks: definition?.hooks ?? null,
    hash: definition?.hash,
    scripted: definition?.operations.filter(operation => operation.scripted).map(({ id }) => id),
    codes: diagnostics.map(({ code }) => code).filter(code => /SCRIPT|HOOK/.test(code)),
    messages: diagnostics.map(({ message }) => message).join('\n'),
  }
}

describe('the operations of a script', () => {
  const withScript = { 'apiProperties.json': properties, 'script.csx': script }

  test('need it without hooks, and the finding says which script hooks would have to name', async () => {
    const { messages, ...rest } = await read(withScript)
    expect(rest).toMatchObject({ hooks: null, scripted: ['Add', 'List'], codes: ['SCRIPT_REQUIRED'] })
    expect(messages).toContain(hash)
  })

  test('are all called through hooks that list none', async () => {
    expect(await read({ ...withScript, 'hooks.ts': hooks('') })).toMatchObject({
      hooks: { module: join(folder, 'hooks.ts'), script: hash, operations: ['Add', 'List'] },
      scripted: [],
      codes: [],
    })
    const everything = await read({ 'apiProperties.json': '{}', 'hooks.ts': hooks('') })
    expect(everything).toMatchObject({ hooks: { operations: ['Add', 'List', 'Status'] }, codes: [] })
  })

  test('are called as far as the hooks list them', async () => {
    const some = await read({ ...withScript, 'hooks.ts': hooks(`operations: ['List'],`) })
    expect(some).toMatchObject({
      hooks: { operations: ['List'] },
      scripted: ['Add'],
      codes: ['SCRIPT_REQUIRED'],
    })
    expect(some.messages).toContain('1 of 3 operations')
  })

  test('that the package does not route through it are no business of hooks', async () => {
    const more = await read({
      ...withScript,
      'hooks.ts': hooks(`operations: ['Add', "List", 'Status', 'Gone'],`),
    })
    expect(more).toMatchObject({
      hooks: { operations: ['Add', 'List'] },
      codes: ['HOOK_INVALID', 'HOOK_INVALID'],
    })
    expect(more.messages).toContain('"Status"')
    expect(more.messages).toContain('"Gone"')
  })
})

describe('hooks are not used', () => {
  const all = { 'apiProperties.json': properties, 'hooks.ts': hooks('') }

  test('for a script that changed', async () => {
    const changed = await read({ ...all, 'script.csx': `${script} ` })
    expect(changed).toMatchObject({ hooks: null, scripted: ['Add', 'List'] })
    expect(changed.codes).toEqual(['HOOK_OUTDATED', 'SCRIPT_REQUIRED'])
    expect(changed.messages).toContain(hash)
  })

  test('that do not say which script they stand in for', async () => {
    for (const text of ['', 'export const hooks = {}', `// script: '${hash}'`, hooks('', 'abc')]) {
      const silent = await read({ ...all, 'script.csx': script, 'hooks.ts': text })
      expect(silent).toMatchObject({ hooks: null, codes: ['HOOK_INVALID', 'SCRIPT_REQUIRED'] })
      expect(silent.messages).toContain(`script: '${hash}'`)
    }
  })

  test('without a script', async () => {
    expect(await read(all)).toMatchObject({ hooks: null, codes: ['HOOK_INVALID', 'SCRIPT_REQUIRED'] })
  })

  test('beside a webapp, which answers everything', async () => {
    expect((await read({ ...all, 'script.csx': script, 'webapp.ts': '' })).hooks).toBeNull()
  })
})

test('the hash follows the script and the hooks', async () => {
  const hashes = [
    await read({}),
    await read({ 'script.csx': script }),
    await read({ 'script.csx': `${script} ` }),
    await read({ 'hooks.ts': hooks('') }),
    await read({ 'hooks.ts': `${hooks('')}\n` }),
  ].map(({ hash }) => hash)
  expect(new Set(hashes).size).toBe(hashes.length)
})
