// The short form of `npm run faults`: no event is lost, repeated or out of order, whatever is killed.
import { expect, test } from 'vitest'
import { embeddedHub, threeHubs } from './installations.ts'
import { runFaults } from './scenario.ts'

const options = {
  kills: 5,
  items: 150,
  pace: 1_200,
  leaseSeconds: 2,
  freezeMilliseconds: 3_000,
  polledFeeds: 2,
  subscribersEach: 2,
  settleSeconds: 120,
}

test.each([
  ['three hubs on one PostgreSQL', threeHubs(options), 'three'],
  ['one hub with its own PostgreSQL', embeddedHub(options), 'one'],
])('%s', { timeout: 300_000 }, async (_name, install, seed) => {
  const run = await runFaults({ ...options, seed }, install)
  expect(run.faults).toEqual([])
  expect(run.events).toBe(options.items * (options.polledFeeds + 1))
  // Something did go wrong.
  expect(run.kills).toBeGreaterThanOrEqual(options.kills)
  expect(run.starts).toBeGreaterThan(run.kills)
  expect(run.reconnections).toBeGreaterThan(0)
})
