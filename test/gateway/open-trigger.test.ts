// A feed without a connection is read by the members of its organization, while they are members.
import { expect, test } from 'vitest'
import { openStream } from '../../src/gateway/open-trigger.ts'
import type { Services } from '../../src/gateway/services.ts'
import type { Actor } from '../../src/identity/index.ts'
import { createLogger, createMetrics } from '../../src/telemetry/index.ts'
import type { FeedEvent } from '../../src/triggers/index.ts'
import { wire } from '../invocation/definitions.ts'
import { handClock, pushedSource } from './pushed-source.ts'

const member = { userId: 'bob', organizationId: 'org-1', organizationIds: ['org-1'] } as unknown as Actor
const removed: Actor = { ...member, organizationId: 'org-2', organizationIds: ['org-2'] }
const event = { feedId: 'f', id: 'e', cursor: 'c', time: new Date(0), data: null } as unknown as FeedEvent

async function opened() {
  const from = pushedSource<FeedEvent>()
  const time = handClock()
  const metrics = createMetrics()
  const person: { now: Actor | null } = { now: member }
  const services = {
    triggers: { subscribe: async () => ({ events: from.iterator }) },
    clock: time.clock,
    logger: createLogger('silent'),
    metrics,
  } as unknown as Services
  const binding = {
    organizationId: 'org-1',
    connector: 'webhook',
    operationId: 'OnRequest',
    field: 'webhook_onRequest',
    connectionId: null,
    importId: null,
    arguments: wire(),
  }
  const context = {
    actor: member,
    actorNow: async () => person.now,
    scope: { kind: 'graph', named: [] },
    signal: new AbortController().signal,
  } as const
  const stream = await openStream(services, context, {
    binding,
    ownerId: 'bob',
    after: null,
    typename: 'FeedEvent',
  })
  const subscribers = async () => (await metrics.subscribers.get()).values[0]?.value
  return { from, time, person, events: stream[Symbol.asyncIterator](), subscribers }
}

test.each([
  ['is no member any more', removed, 'FORBIDDEN'],
  ['has no session any more', null, 'UNAUTHENTICATED'],
])('no event for somebody who %s', async (_what, now, code) => {
  const { from, person, events, subscribers } = await opened()
  from.push(event)
  expect((await events.next()).value).toMatchObject({ id: 'e' })
  expect(await subscribers()).toBe(1)
  person.now = now
  from.push(event)
  await expect(events.next()).rejects.toMatchObject({ code })
  expect(await subscribers()).toBe(0)
})

test('who is no member any more is no subscriber soon, though nothing happens', async () => {
  const { time, person, subscribers } = await opened()
  await time.pass()
  expect(await subscribers()).toBe(1)
  person.now = removed
  await time.pass()
  expect(await subscribers()).toBe(0)
  expect(time.due.size).toBe(0)
})
