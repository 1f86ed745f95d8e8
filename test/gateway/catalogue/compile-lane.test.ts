// The queue in front of a compiling process: what its end says of a connector, and what it does not.
import { expect, test } from 'vitest'
import { type Clock, systemClock } from '../../../src/clock.ts'
import { createCompileLane } from '../../../src/gateway/catalogue/compile-lane.ts'
import { type CompileProcess, ProcessEnded } from '../../../src/gateway/catalogue/compile-process.ts'
import type { Compiled, Source } from '../../../src/gateway/catalogue/compiled.ts'
import { createCompiler } from '../../../src/gateway/catalogue/compiler.ts'
import { apiDocument } from '../live/upstream.ts'

const idleMilliseconds = 1_000
const source: Source = { kind: 'document', document: apiDocument('old'), properties: null }

/** A clock on which the time that is waited for passes when the test says so. */
function idleClock(of: number): { readonly clock: Clock; pass(): void } {
  const due = new Set<() => void>()
  return {
    clock: {
      now: systemClock.now,
      after(milliseconds, callback) {
        if (milliseconds !== of) return systemClock.after(milliseconds, callback)
        due.add(callback)
        return () => void due.delete(callback)
      },
    },
    pass() {
      for (const callback of due) callback()
      due.clear()
    },
  }
}

type Run = 'compiles' | 'ends' | 'is late'

/** A lane whose processes do, one job after the other, what `runs` says. */
function laneOf(runs: Run[]) {
  const { clock, pass } = idleClock(idleMilliseconds)
  const started: CompileProcess[] = []
  const start = (): CompileProcess => {
    let alive = true
    const made: CompileProcess = {
      alive: () => alive,
      async end() {
        alive = false
      },
      async run() {
        const run = runs.shift() ?? 'compiles'
        if (run === 'compiles') return { definition: null, artifact: null, diagnostics: [] }
        alive = false
        throw run === 'ends' ? new ProcessEnded('it ended') : new Error('it took too long')
      },
    }
    started.push(made)
    return made
  }
  const lane = createCompileLane({ start, idleMilliseconds, clock })
  const compile = (name: string) =>
    new Promise<Compiled>(settle => lane.push({ name, source, settle })).then(({ diagnostics }) =>
      diagnostics.map(({ message }) => message),
    )
  return { lane, started, compile, pass }
}

test.each<[string, Run[], number, RegExp | null]>([
  ['ended once', ['ends'], 2, null],
  ['ended twice', ['ends', 'ends'], 2, /it ended/],
  ['took too long', ['is late'], 1, /too long/],
])('a process that %s', async (_what, runs, processes, failure) => {
  const { lane, started, compile } = laneOf(runs)
  const said = await compile('one')
  expect(said).toEqual(failure ? [expect.stringMatching(failure)] : [])
  expect(started).toHaveLength(processes)
  expect(await compile('next')).toEqual([])
  await lane[Symbol.asyncDispose]()
})

test('an idle process ends, and the next task starts another', async () => {
  const { lane, started, compile, pass } = laneOf([])
  expect(await compile('one')).toEqual([])
  expect(await compile('two')).toEqual([])
  expect(started).toHaveLength(1)
  pass()
  expect(started[0]?.alive()).toBe(false)
  expect(await compile('three')).toEqual([])
  expect(started).toHaveLength(2)
  await lane[Symbol.asyncDispose]()
})

test('a connector that comes in the moment in which the idle process is ended compiles', async () => {
  const { clock, pass } = idleClock(10 * 60_000)
  await using compiler = createCompiler({ clock })
  const status = async () => (await compiler.compile('good', source, true).done).diagnostics
  expect(await status()).toEqual([])
  for (let round = 0; round < 3; round++) {
    pass()
    expect(await status()).toEqual([])
  }
})
