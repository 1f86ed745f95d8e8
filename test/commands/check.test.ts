import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { check } from '../../src/commands/check.ts'
import { connectorFinder } from '../../src/commands/find-connector.ts'
import { swagger } from '../definition/small-document.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'junctor-check-'))
  const text = JSON.stringify(swagger())
  await mkdir(join(root, 'outer/inner'), { recursive: true })
  await mkdir(join(root, 'broken'))
  await mkdir(join(root, 'empty'))
  await writeFile(join(root, 'outer/swagger.json'), text)
  await writeFile(join(root, 'outer/inner/apiDefinition.swagger.json'), text)
  await writeFile(join(root, 'broken/apiProperties.json'), '{}')
  await writeFile(join(root, 'notes.yaml'), text)
})
afterAll(() => rm(root, { recursive: true }))

async function checked(path: string) {
  const printed: string[] = []
  const keep = (text: string | Uint8Array) => printed.push(String(text)) > 0
  const spies = [process.stdout, process.stderr].map(stream =>
    vi.spyOn(stream, 'write').mockImplementation(keep),
  )
  try {
    return { code: await check(join(root, path)), printed: printed.join('') }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

test('a document is checked like a folder', async () => {
  expect(await checked('notes.yaml')).toEqual({
    code: 0,
    printed: 'notes: 1 operations, 0 errors, 0 other findings\n1 connectors, 0 with errors\n',
  })
})

test('packages below packages are checked, and folders that fail to be one are told', async () => {
  const { code, printed } = await checked('.')
  expect(code).toBe(1)
  expect(printed).toContain('ERROR  FILE_MISSING')
  expect(printed).toContain('outer: 1 operations')
  expect(printed).toContain('inner: 1 operations')
  expect(printed).toContain('3 connectors, 1 with errors')
})

test('a folder without any is told apart, and a path that is not there refused', async () => {
  expect((await checked('empty')).code).toBe(2)
  await expect(check(join(root, 'absent'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('a folder names its own package, whatever lies below', async () => {
  const { name } = await connectorFinder({})(join(root, 'outer'))
  expect(name).toBe('outer')
})
