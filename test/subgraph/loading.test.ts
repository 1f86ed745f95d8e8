// The type loader is a large thing: only compiling may load it, so that a hub with its artifacts at hand never does.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const door = join(import.meta.dirname, '../../src/subgraph/index.ts')
const tracker = join(import.meta.dirname, 'definitions/tracker.ts')

/** Which packages of the loader a program loads. */
async function loaded(program: string): Promise<string[]> {
  const script = `
    import { registerHooks } from 'node:module'
    const seen = new Set()
    registerHooks({ resolve(name, context, next) { if (name.startsWith('@omnigraph/')) seen.add(name); return next(name, context) } })
    const subgraph = await import(${JSON.stringify(door)})
    const { tracker } = await import(${JSON.stringify(tracker)})
    ${program}
    console.log(JSON.stringify([...seen]))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script])
  return JSON.parse(stdout)
}

test('reading artifacts does not load it', async () => {
  expect(await loaded('subgraph.createMemberResolver(subgraph.wireNamesOf(new Map()))')).toEqual([])
})

test('compiling does, and says nothing', async () => {
  expect(await loaded('await subgraph.compileConnector(tracker)')).toContain('@omnigraph/openapi')
})
