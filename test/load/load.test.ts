// The short form of `npm run load`: a hub under many callers whose API fails them, and what is left of it when they go.
// Some calls hang when the callers leave: the hub hangs up on the API then.
import { expect, test } from 'vitest'
import { runLoad } from './load.ts'

/** Generous: what 200 callers take at once is far below, a leak of their answers far above. */
const mostMegabytes = 300

test('200 callers and an API that spoils one call in five', { timeout: 240_000 }, async () => {
  const run = await runLoad({ callers: 200, seconds: 8, patience: 4, seed: 'the short form' })
  expect(run.faults).toEqual([])
  const outcomes = Map.groupBy(run.told, each => each.outcome)
  // Most calls are right, and every caller was heard.
  expect(outcomes.get('right')?.length).toBeGreaterThan(run.told.length / 2)
  expect(new Set(run.told.map(each => each.call.split('/')[0])).size).toBe(200)
  expect(outcomes.get('error')?.length).toBeGreaterThan(0)
  const [first] = run.looks
  const last = run.looks.at(-1)
  expect((last?.residentMegabytes ?? Number.NaN) - (first?.residentMegabytes ?? 0)).toBeLessThan(
    mostMegabytes,
  )
})
