// Sharing: who gets what, and how often it is made.
import { expect, test } from 'vitest'
import { openStage, settle } from './stage.ts'

test('a thousand subscribers of one selection: one execution, one look at access for each page', async () => {
  const stage = openStage()
  const clients = Array.from({ length: 1000 }, () => stage.join())
  await settle()
  stage.append()
  await settle()
  for (const client of clients) expect(client.received).toEqual([1])
  expect(stage.executed).toEqual(new Map([['e1', 1]]))
  expect(stage.looks()).toBe(1)
  expect(await stage.subscribers()).toBe(1000)
  await Promise.all(clients.map(client => client.leave()))
  expect(await stage.subscribers()).toBe(0)
  expect(stage.time.due.size).toBe(0)
  expect(clients.every(({ left }) => left.count === 1)).toBe(true)
})

test('many people share what is the event’s own, and each is asked for', async () => {
  const stage = openStage()
  const clients = Array.from({ length: 100 }, (_, n) => stage.join({ person: `p${n}` }))
  await settle()
  stage.refused.add('p7')
  stage.append()
  await settle()
  for (const client of clients) expect(client.received).toEqual(client.person === 'p7' ? [] : [1])
  expect(clients[7]?.ending()?.error).toMatchObject({ code: 'CONNECTION_NOT_FOUND' })
  expect(stage.executed.get('e1')).toBe(1)
  expect(stage.looks()).toBe(1)
})

test('what may depend on who asks is made for each person, as they are', async () => {
  const stage = openStage()
  const clients = ['ada', 'bob', 'ada'].map(person => stage.join({ person, personal: true }))
  await settle()
  stage.append()
  await settle()
  expect(clients.map(({ answers }) => JSON.parse(answers[0] ?? '').data.actor)).toEqual(['ada', 'bob', 'ada'])
  expect(stage.executed.get('e1')).toBe(2)
})

test('events that a filter leaves out are not executed', async () => {
  const stage = openStage()
  const even = { key: 'even', matches: ({ sequence }: { sequence: number }) => sequence % 2 === 0 }
  const clients = [stage.join({ filter: even }), stage.join({ filter: even, after: 0 })]
  await settle()
  stage.append(5)
  await settle()
  for (const client of clients) expect(client.received).toEqual([2, 4])
  expect([...stage.executed.keys()].sort()).toEqual(['e2', 'e4'])
  const all = stage.join({ after: 0 })
  await settle()
  expect(all.received).toEqual([1, 2, 3, 4, 5])
  stage.append()
  await settle()
  expect(clients.map(({ received }) => received.at(-1))).toEqual([6, 6])
  expect(all.received.at(-1)).toBe(6)
  const received = [...clients, all].flatMap(client => client.received)
  expect(await stage.sent()).toMatchObject([{ labels: { connector: 'demo' }, value: received.length }])
})

test.each([
  ['may not use the connection any more', 'refused', undefined, 'CONNECTION_NOT_FOUND'],
  ['is no member any more, of a feed without a connection', 'refused', null, 'FORBIDDEN'],
  ['has no session any more', 'gone', undefined, 'UNAUTHENTICATED'],
] as const)(
  'nothing for somebody who %s, whether something happens or not',
  async (_, what, connectionId, code) => {
    const stage = openStage()
    const options = connectionId === null ? { connectionId } : {}
    const [bob, carol, ada] = ['bob', 'carol', 'ada'].map(person => stage.join({ person, ...options }))
    await settle()
    stage[what].add('bob')
    stage.append()
    await settle()
    expect(bob?.received).toEqual([])
    expect(bob?.ending()?.error).toMatchObject({ code })
    stage[what].add('carol')
    stage.time.pass()
    await settle()
    expect(carol?.ending()?.error).toMatchObject({ code })
    expect(ada?.ending()).toBeNull()
    expect([...(ada?.received ?? [])]).toEqual([1])
    expect(await stage.subscribers()).toBe(1)
  },
)

test('a slow client is left to the log, goes on when it takes again, and delays nobody', async () => {
  const stage = openStage()
  const [slow, fast] = [stage.join(), stage.join()]
  await settle()
  slow.stall()
  for (let n = 0; n < 20; n++) {
    stage.append()
    await settle(5)
  }
  expect(fast.received).toHaveLength(20)
  expect(slow.received).toHaveLength(3)
  slow.drain()
  await settle(60)
  expect(slow.received).toEqual(fast.received)
  stage.append()
  await settle()
  expect(slow.received.at(-1)).toBe(21)
  expect(Math.max(...stage.executed.values())).toBe(1)
})

test('one that takes nothing for long is disconnected, and told why', async () => {
  const stage = openStage()
  const [slow, fast] = [stage.join(), stage.join()]
  await settle()
  slow.stall()
  stage.append(4)
  await settle()
  stage.time.pass()
  await settle()
  expect(slow.dropped()).toContain('after')
  expect(slow.ending()).toEqual({ error: null })
  expect(fast.ending()).toBeNull()
  expect(await stage.dropped()).toEqual([
    { labels: { outcome: 'behind' }, value: 1 },
    { labels: { outcome: 'dropped' }, value: 1 },
  ])
  stage.append()
  await settle()
  expect(fast.received).toEqual([1, 2, 3, 4, 5])
})

test('the end of a feed is everybody’s end', async () => {
  const stage = openStage()
  const clients = [stage.join(), stage.join({ person: 'bob' })]
  await settle()
  stage.crash()
  await settle()
  for (const client of clients) expect(client.ending()?.error).toMatchObject({ code: 'FEED_ENDED' })
  expect(stage.time.due.size).toBe(0)
})
