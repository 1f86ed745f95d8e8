// Leases, fence and cursor hold whatever crashes, pauses, skews and lost answers come in whatever order; and when they
// stop, everything is collected. Time is virtual, also the database's, and one thing happens at a time: a run that
// fails is the same run again from its seed.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { itemsOfFeed } from './sim-provider.ts'
import { openVirtualStore, type VirtualStore } from './virtual-store.ts'
import { openSimulation } from './world.ts'

let store: VirtualStore
beforeAll(async () => {
  store = await openVirtualStore()
})
afterAll(() => store[Symbol.asyncDispose]())

const feeds = 2
/** Rounds of a tenth of a second after the faults: leases run out, backed-off feeds are due, all is drained. */
const calmRounds = 600

type Simulation = Awaited<ReturnType<typeof openSimulation>>
type Move = (simulation: Simulation) => unknown

const lot = fc.nat(1_000)
const named = <T>(
  arbitrary: fc.Arbitrary<T>,
  name: string,
  run: (simulation: Simulation, given: T) => unknown,
) =>
  arbitrary.map(given =>
    Object.assign((simulation: Simulation) => run(simulation, given), { toString: () => `${name} ${given}` }),
  )
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 30, arbitrary: named(lot, 'step', ({ step }, given) => step(given)) },
  {
    weight: 8,
    arbitrary: named(fc.integer({ min: 50, max: 1_500 }), 'advance', ({ advance }, given) => advance(given)),
  },
  {
    weight: 1,
    arbitrary: named(fc.integer({ min: 3_000, max: 8_000 }), 'advance', ({ advance }, given) =>
      advance(given),
    ),
  },
  { weight: 2, arbitrary: named(lot, 'pause', ({ pause }, given) => pause(given)) },
  { weight: 3, arbitrary: named(lot, 'resume', ({ resume }, given) => resume(given)) },
  { weight: 1, arbitrary: named(lot, 'crash', ({ crash }, given) => crash(given)) },
  {
    weight: 1,
    arbitrary: named(fc.constantFrom('before' as const, 'after' as const), 'lose', (simulation, given) =>
      simulation.loseAnswer(given),
    ),
  },
)
const skew = fc.constantFrom(-30_000, 0, 30_000)

test('nothing is lost, repeated, out of order or done by two', { timeout: 240_000 }, () =>
  fc.assert(
    fc.asyncProperty(
      fc.tuple(skew, skew, skew),
      fc.array(move, { minLength: 60, maxLength: 160, size: 'max' }),
      async (skews, moves) => {
        const simulation = await openSimulation(store, feeds, skews)
        for (const each of moves) {
          await each(simulation)
          expect(simulation.faults()).toEqual([])
        }
        simulation.resumeAll()
        for (let round = 0; round < calmRounds; round++) {
          while (await simulation.step(0));
          if ((await simulation.lengths()).every(length => length === itemsOfFeed)) break
          await simulation.advance(100)
        }
        expect(simulation.faults()).toEqual([])
        expect(await simulation.lengths()).toEqual(Array(feeds).fill(itemsOfFeed))
      },
    ),
    { numRuns: 25 },
  ),
)
