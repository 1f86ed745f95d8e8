// `catalogue <folder>` as it is run: a line for each connector, what they come to, and an exit code for CI.
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { swagger } from '../../definition/small-document.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'junctor-catalogue-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function put(name: string, document: string): Promise<void> {
  await mkdir(join(folder, name))
  await writeFile(join(folder, name, 'apiDefinition.swagger.json'), document)
}

function run() {
  const main = join(import.meta.dirname, '../../../src/main.ts')
  return spawnSync(process.execPath, [main, 'catalogue', folder], { encoding: 'utf8' })
}

test('a catalogue that serves', async () => {
  await put('Notes', JSON.stringify(swagger()))
  const { status, stdout, stderr } = run()
  expect(stdout).toMatch(/^notes\tREADY\t1 operations\t1 fields\t0 types\t0 triggers\t\d+ ms\t-$/m)
  expect(stdout).toContain('1 of 1 read; 1 READY, 0 DEGRADED, 0 QUARANTINED')
  expect(stdout).toContain('1 of 1 are one root field each')
  // No bar where nobody watches.
  expect(stderr).toBe('')
  expect(status).toBe(0)
})

test('one that is quarantined fails it, and the others are measured', async () => {
  await put('Broken', '{"swagger":')
  await put('Notes', JSON.stringify(swagger()))
  const { status, stdout } = run()
  expect(stdout).toMatch(/^broken\tQUARANTINED\t.*ERROR {2}\w+/m)
  expect(stdout).toMatch(/^notes\tREADY/m)
  expect(status).toBe(1)
})

test('a folder without any', () => {
  const { status, stderr } = run()
  expect(stderr).toContain('There is no connector in')
  expect(status).toBe(2)
})
