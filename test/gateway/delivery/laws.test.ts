// Whatever clients, people and the log's reader do: no gap, no repeat, in order, and nothing without bound.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openStage, room, type Stage, settle } from './stage.ts'

type Client = ReturnType<Stage['join']>

const even = { key: 'even', matches: ({ sequence }: { sequence: number }) => sequence % 2 === 0 }
const who = fc.nat({ max: 20 })
const step = fc.oneof(
  fc.record({
    do: fc.constant('join' as const),
    back: fc.nat({ max: 6 }),
    even: fc.boolean(),
    bob: fc.boolean(),
  }),
  fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ do: fc.constantFrom('leave' as const, 'stall' as const, 'drain' as const), who }),
  fc.record({ do: fc.constant('crash' as const) }),
  fc.record({ do: fc.constant('pass' as const), turns: fc.nat({ max: 4 }) }),
)

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

/** What somebody's program does: one connection after the other, each from where the one before was cut. */
interface Program {
  readonly first: Client
  readonly connections: Client[]
  left: boolean
}

const now = ({ connections }: Program) => connections.at(-1)!
const receivedBy = ({ connections }: Program) => connections.flatMap(({ received }) => received)
const expectedBy = ({ first }: Program, stage: Stage) =>
  Array.from({ length: stage.last() - first.start }, (_, n) => first.start + n + 1).filter(
    sequence => first.filter === null || sequence % 2 === 0,
  )

function start(stage: Stage, how: { back: number; even: boolean; bob: boolean }): Program {
  const first = stage.join({
    person: how.bob ? 'bob' : 'ada',
    filter: how.even ? even : null,
    after: Math.max(0, stage.last() - how.back),
  })
  return { first, connections: [first], left: false }
}

function reconnect(programs: readonly Program[], stage: Stage): void {
  for (const program of programs) {
    const { first, connections, left } = program
    if (left || now(program).ending() === null) continue
    const after = receivedBy(program).at(-1) ?? first.start
    connections.push(stage.join({ person: first.person, filter: first.filter, after }))
  }
}

async function take(each: Step, stage: Stage, programs: Program[]): Promise<void> {
  const chosen = 'who' in each ? programs[each.who % Math.max(1, programs.length)] : undefined
  switch (each.do) {
    case 'join':
      programs.push(start(stage, each))
      return
    case 'append':
      return stage.append(each.count)
    case 'crash':
      return stage.crash(new Error('the reader broke'))
    case 'pass':
      return settle(each.turns)
    case 'leave':
      if (!chosen) return
      chosen.left = true
      await now(chosen).leave()
      return
    default:
      if (chosen) now(chosen)[each.do]()
  }
}

/** Everybody takes what there is, and is there at the end. */
async function finish(stage: Stage, programs: readonly Program[]): Promise<void> {
  const done = (program: Program) =>
    program.left || receivedBy(program).length === expectedBy(program, stage).length
  for (let round = 0; round < 40 && !programs.every(done); round++) {
    for (const program of programs) now(program).drain()
    await settle(20)
    reconnect(programs, stage)
  }
}

test('every client has every event behind its place once and in order, by reconnecting where it was cut', () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
      const stage = openStage()
      const programs: Program[] = []
      for (const each of steps) {
        await take(each, stage, programs)
        reconnect(programs, stage)
      }
      await finish(stage, programs)
      for (const program of programs) {
        const wanted = expectedBy(program, stage)
        const received = receivedBy(program)
        expect(received).toEqual(program.left ? wanted.slice(0, received.length) : wanted)
        for (const { mostUntaken } of program.connections) expect(mostUntaken()).toBeLessThanOrEqual(room)
      }
      expect([...stage.executed.values()].every(times => times === 1)).toBe(true)
      await Promise.all(programs.map(program => now(program).leave()))
      await settle()
      expect(await stage.subscribers()).toBe(0)
    }),
    { numRuns: 300 },
  ))
