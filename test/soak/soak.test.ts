// The short form of `npm run soak`: every law, and nothing open in the end. How flat memory and lag are, only the long
// form can tell.
import { expect, inject, test } from 'vitest'
import { runSoak } from './soak.ts'

test('a hub under all that it does at once', { timeout: 240_000 }, async () => {
  const { url } = inject('databaseServer')
  const run = await runSoak({
    seed: 'the short form',
    server: url,
    seconds: 12,
    sampleSeconds: 1,
    pollSeconds: 1,
    itemSeconds: 1,
    polledFeeds: 20,
    webhookFeeds: 3,
    webhooksPerSecond: 5,
    steadyEach: 5,
    sseEach: 2,
    polledSubscribers: 10,
    slow: 2,
    visitors: 12,
    passing: 1,
    callers: 5,
    callPause: 200,
    patience: 2,
  })
  expect(run.faults).toEqual([])
  // All of it took place.
  for (const [what, times] of Object.entries(run.counts))
    if (!mayBeNone.has(what)) expect(times, what).toBeGreaterThan(0)
  expect(run.samples.length).toBeGreaterThan(0)
})

const mayBeNone = new Set([
  'times that a slow one was disconnected and came back',
  'webhooks that were sent again',
])
