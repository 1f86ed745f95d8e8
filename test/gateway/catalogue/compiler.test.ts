// Compilation beside the hub: limits, lanes, the end.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import type { Source } from '../../../src/gateway/catalogue/compiled.ts'
import { createCompiler } from '../../../src/gateway/catalogue/compiler.ts'
import { apiDocument } from '../live/upstream.ts'

const good: Source = { kind: 'document', document: apiDocument('old'), properties: null }
const program = (name: string) => join(import.meta.dirname, 'programs', `${name}.ts`)

test.each([
  ['hangs', 'longer than 5 seconds', { milliseconds: 5_000, megabytes: 256 }],
  ['eats-memory', 'the compiling process ended', { milliseconds: 60_000, megabytes: 64 }],
])('a document that %s costs its own connector and no other', async (name, message, limits) => {
  await using compiler = createCompiler({ clock: systemClock, program: program(name), limits })
  const hostile = compiler.compile('hostile', good, false)
  const behind = compiler.compile('behind', good, false)
  // Somebody waits for this one: it does not stand behind the hostile one.
  const urgent = await compiler.compile('urgent', good, true).done
  expect(urgent.artifact?.sdl).toContain('urgent_getNow')

  const refused = await hostile.done
  expect(refused.artifact).toBeNull()
  expect(refused.diagnostics[0]).toMatchObject({ severity: 'ERROR', code: 'COMPILE_FAILED' })
  expect(refused.diagnostics[0]?.message).toContain(message)
  expect((await behind.done).artifact?.sdl).toContain('behind_getNow')
})

test('a task that somebody begins to wait for leaves the queue behind a hanging one', async () => {
  const limits = { milliseconds: 60_000, megabytes: 256 }
  const compiler = createCompiler({ clock: systemClock, program: program('hangs'), limits })
  const hostile = compiler.compile('hostile', good, false)
  const waiting = compiler.compile('waiting', good, false)
  waiting.hurry()
  expect((await waiting.done).artifact?.sdl).toContain('waiting_getNow')
  // The end of the hub is no verdict on a connector.
  const ended = expect(hostile.done).rejects.toThrow('stopped')
  await compiler[Symbol.asyncDispose]()
  await ended
  await expect(compiler.compile('late', good, true).done).rejects.toThrow('stopped')
})

test('the real program compiles, warm or not, one after the other', async () => {
  await using compiler = createCompiler({ clock: systemClock })
  compiler.warm()
  const names = ['first', 'second', 'third']
  const compiled = await Promise.all(names.map(name => compiler.compile(name, good, true).done))
  expect(compiled.map(({ artifact }) => artifact?.connector)).toEqual(names)
  const nonsense = await compiler.compile('nonsense', { ...good, document: 'just: text' }, true).done
  expect(nonsense.definition).toBeNull()
})
