// `diff`: what the next version of a connector changes for those who use its API, and the exit code that a script reads.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from '../harness/command.ts'
import { libraryDocument, type Version } from './library-document.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'junctor-diff-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

async function packaged(name: string, version?: Version): Promise<string> {
  const path = join(folder, name)
  await mkdir(path, { recursive: true })
  await writeFile(join(path, 'openapi.json'), libraryDocument(version))
  return path
}

async function single(name: string, version?: Version): Promise<string> {
  const path = join(folder, `${name}.json`)
  await writeFile(path, libraryDocument(version))
  return path
}

test('the same API in another folder, or as a single file, is no change', async () => {
  const old = await packaged('library-old')
  const renamed = await packaged('library')
  expect(await runCommand(['diff', old, renamed])).toEqual({
    code: 0,
    output: 'library: 0 breaking, 0 dangerous, 0 safe\n',
    errors: '',
  })
  const file = await single('books')
  expect(await runCommand(['diff', old, file])).toMatchObject({
    code: 0,
    output: expect.stringContaining('books: 0 breaking'),
  })
})

test('what breaks callers is told first, with its coordinate, and exits with 1', async () => {
  const old = await packaged('v1')
  const next = await packaged('v2', {
    withoutGetBook: true,
    requiredBranch: true,
    optionalLanguage: true,
    pages: true,
  })
  const { code, output } = await runCommand(['diff', old, next])
  expect(code).toBe(1)
  expect(output).toMatch(/^v2: 2 breaking, 1 dangerous, 1 safe\n/)
  expect(sections(output)).toEqual({
    'Breaking (2)': ['Query.v2_findBooks(branch:)', 'Query.v2_getBook'],
    'Dangerous (1)': ['Query.v2_findBooks(language:)'],
    'Safe (1)': ['v2_Book.pages'],
  })
})

test('additions alone exit with 0', async () => {
  const { code, output } = await runCommand(['diff', await single('a'), await single('b', { pages: true })])
  expect(code).toBe(0)
  expect(sections(output)).toEqual({ 'Safe (1)': ['b_Book.pages'] })
})

test('a new description does not hide that the type changed too', async () => {
  const next = await single('numeric', { describedNumericTitle: true })
  const { code, output } = await runCommand(['diff', await single('plain'), next])
  expect(code).toBe(1)
  expect(sections(output)).toEqual({
    'Breaking (1)': ['numeric_Book.title'],
    'Safe (1)': ['numeric_Book.title'],
  })
})

test('installed connectors are named, and an operation that is gone with its connector is breaking', async () => {
  expect(await runCommand(['diff', 'sql', 'sql'])).toMatchObject({ code: 0 })
  const { code, output } = await runCommand(['diff', 'webhook', 'sql'])
  expect(code).toBe(1)
  expect(sections(output)['Breaking (4)']).toContain('Subscription.sql_onRequest')
})

test.each([
  ['one name', ['diff', 'sql'], /^Usage: /],
  ['three names', ['diff', 'sql', 'sql', 'sql'], /^Usage: /],
  ['an option that is none', ['diff', 'sql', 'sql', '--yaml'], /--yaml/],
  ['a name that nobody has', ['diff', 'sql', 'nosuch'], /^There is no connector "nosuch"/],
  ['a folder of several', ['diff', 'sql', 'connectors'], /^There are \d+ connectors in connectors: /],
  ['what cannot be read', ['diff', 'sql', 'README.md'], /^The connector "readme" cannot be read/],
])('%s is bad use: exit 2 and a sentence', async (_what, given, says) => {
  const { code, output, errors } = await runCommand(given)
  expect({ code, output }).toEqual({ code: 2, output: '' })
  expect(errors).toMatch(says)
})

/** By heading: the coordinate at the beginning of each line. */
function sections(output: string): Record<string, string[]> {
  const [, ...blocks] = output.trim().split('\n\n')
  return Object.fromEntries(
    blocks.map(block => {
      const [heading = '', ...lines] = block.split('\n')
      return [heading, lines.map(line => line.trim().split('  ')[0] ?? '')]
    }),
  )
}
