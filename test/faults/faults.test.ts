// The short form of `npm run faults`: no event is lost, repeated or out of order, whatever is killed.
import { expect, test } from 'vitest'
import { requirement } from '../harness/requirement.ts'
import { embeddedHub, threeHubs } from './installations.ts'
import { hasNatsServer } from './nats-server.ts'
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

const notify = ['the bus cut']
const nats = ['NATS killed', 'NATS stopped for a while', 'a hub cut off from NATS']
const overNats = requirement('the program nats-server', hasNatsServer)
  ? [['three hubs on one PostgreSQL, woken by NATS', threeHubs(options, 'nats'), 'nats', nats] as const]
  : []

test.each([
  ['three hubs on one PostgreSQL, woken by it', threeHubs(options), 'three', notify] as const,
  ...overNats,
  ['one hub with its own PostgreSQL', embeddedHub(options), 'one', ['the database killed']] as const,
])('%s', { timeout: 300_000 }, async (_name, install, seed, mishaps) => {
  const run = await runFaults({ ...options, seed }, install)
  expect(run.faults).toEqual([])
  expect(run.events).toBe(options.items * (options.polledFeeds + 1))
  // Something did go wrong.
  expect(run.kills).toBeGreaterThanOrEqual(options.kills)
  expect(run.starts).toBeGreaterThan(run.kills)
  expect(run.reconnections).toBeGreaterThan(0)
  for (const name of mishaps) expect(run.counts.get(name), name).toBeGreaterThan(0)
})
