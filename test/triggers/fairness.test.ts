// Fairness: what one organization or connection has due, and how slow its API is, keeps no other waiting. Shown by the
// order of claims, not by a clock.
import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { schema } from '../../src/store/index.ts'
import { fairChoice, type Holder } from '../../src/triggers/schedule/fair-choice.ts'
import { createLeases } from '../../src/triggers/schedule/lease.ts'
import { openWorld, ownerId, type World } from './hub.ts'

const holder = fc.record({
  organizationId: fc.constantFrom('a', 'b', 'c'),
  connectionId: fc.constantFrom('1', '2', null),
})
const due = fc.array(holder, { maxLength: 60 }).map(all => all.map((each, id) => ({ ...each, id })))
const running = fc.array(holder, { maxLength: 20 })
const capacity = fc.integer({ min: 1, max: 80 })

describe('a fair choice', () => {
  const of = <T extends Holder>(all: readonly T[], organizationId: string) =>
    all.filter(each => each.organizationId === organizationId)

  test('takes no more than there is room for, and nothing twice', () =>
    fc.assert(
      fc.property(due, running, capacity, (all, busy, room) => {
        const chosen = fairChoice(all, { capacity: room, running: busy })
        expect(new Set(chosen).size).toBe(chosen.length)
        expect(chosen.length).toBeLessThanOrEqual(Math.max(0, room - busy.length))
        if (all.length > 0 && busy.length === 0) expect(chosen.length).toBeGreaterThan(0)
      }),
    ))

  test('of one connection the longest overdue come first', () =>
    fc.assert(
      fc.property(due, running, capacity, (all, busy, room) => {
        const chosen = fairChoice(all, { capacity: room, running: busy })
        for (const each of chosen) {
          const same = (other: Holder) =>
            other.organizationId === each.organizationId && other.connectionId === each.connectionId
          expect(chosen.filter(same)).toEqual(all.filter(same).slice(0, chosen.filter(same).length))
        }
      }),
    ))

  test('whoever has least under way is served first', () =>
    fc.assert(
      fc.property(due, running, capacity, (all, busy, room) => {
        const chosen = fairChoice(all, { capacity: room, running: busy })
        for (const waiting of ['a', 'b', 'c'])
          for (const served of ['a', 'b', 'c']) {
            const taken = (name: string) => of(busy, name).length + of(chosen, name).length
            const isLeftOut = of(all, waiting).length > 0 && of(chosen, waiting).length === 0
            if (!isLeftOut || of(chosen, served).length === 0) continue
            // Who got nothing had as much under way as anybody who got something, or was the only one not to fit.
            expect(of(busy, waiting).length).toBeGreaterThanOrEqual(taken(served) - of(chosen, served).length)
          }
      }),
    ))

  test('there is always room for the next: one organization gets half, one connection of it half of that', () => {
    const many = (organizationId: string, connectionId: string) =>
      Array.from({ length: 1000 }, () => ({ organizationId, connectionId }))
    const first = fairChoice(many('a', '1'), { capacity: 64, running: [] })
    expect(first).toHaveLength(16)
    const second = fairChoice(many('a', '2'), { capacity: 64, running: first })
    expect(second).toHaveLength(8)
    const other = fairChoice([...many('a', '1'), ...many('b', '1')], {
      capacity: 64,
      running: [...first, ...second],
    })
    expect(of(other, 'b').length).toBeGreaterThan(of(other, 'a').length)
    expect(
      fairChoice(many('c', '1'), { capacity: 64, running: [...first, ...second, ...other] }),
    ).not.toEqual([])
  })
})

describe('claims', () => {
  let world: World
  beforeEach(async () => {
    world = await openWorld()
  })
  afterEach(() => world[Symbol.asyncDispose]())

  async function organization(id: string): Promise<void> {
    await world.store.db
      .insert(schema.organization)
      .values({ id, name: id, slug: id, createdAt: new Date() })
      .onConflictDoNothing()
  }

  async function connection(organizationId: string): Promise<string> {
    const id = randomUUID()
    await world.store.db.insert(schema.connection).values({
      id,
      organizationId,
      ownerId,
      connector: 'demo',
      name: id,
      authentication: 'none',
      parameters: {},
      status: 'ACTIVE',
    })
    return id
  }

  /** Durable feeds that have been due for so many seconds. */
  async function dueFeeds(
    organizationId: string,
    connectionId: string | null,
    count: number,
    seconds: number,
  ) {
    await world.store.db.execute(sql`
      insert into feed (id, organization_id, owner_id, connector, operation_id, field, kind, connection_id, arguments,
        binding, status, durable, interval_seconds, start, next_due_at)
      select gen_random_uuid(), ${organizationId}, ${ownerId}, 'demo', 'onItems', 'demo_onItems', 'POLLING',
        ${connectionId}::uuid, '{}', gen_random_uuid()::text, 'ACTIVE', true, 60, 'NEW_ONLY',
        now() - make_interval(secs => ${seconds})
      from generate_series(1, ${count})`)
  }

  test('10,000 overdue polls of one tenant: another’s that is due only now is in the first claim', async () => {
    const { db } = world.store
    await organization('crowd')
    await dueFeeds('crowd', await connection('crowd'), 10_000, 3600)
    await organization('late')
    await dueFeeds('late', await connection('late'), 1, 1)
    await dueFeeds('late', null, 1, 0)
    const leases = createLeases({ db, instanceId: 'one', leaseSeconds: 60 })
    const first = await leases.claimDue(64)
    expect(first.filter(row => row.organizationId === 'late')).toHaveLength(2)
    // Nor are there fewer of the crowd than there is room for one connection.
    expect(first.filter(row => row.organizationId === 'crowd').length).toBeGreaterThanOrEqual(15)
  })

  test('the same for another connection of the same organization', async () => {
    const { db } = world.store
    await organization('crowd')
    await dueFeeds('crowd', await connection('crowd'), 3_000, 3600)
    const quiet = await connection('crowd')
    await dueFeeds('crowd', quiet, 1, 0)
    const leases = createLeases({ db, instanceId: 'one', leaseSeconds: 60 })
    expect((await leases.claimDue(64)).map(row => row.connectionId)).toContain(quiet)
  })

  test('of more tenants than one look takes in, each is met after a few', async () => {
    const { db } = world.store
    await organization('a-crowd')
    await dueFeeds('a-crowd', await connection('a-crowd'), 1_000, 3600)
    const tenants = Array.from({ length: 300 }, (_, n) => `tenant-${n}`)
    for (const tenant of tenants) await organization(tenant)
    for (const tenant of tenants) await dueFeeds(tenant, null, 1, 0)
    const leases = createLeases({ db, instanceId: 'one', leaseSeconds: 60 })
    const met = new Set<string>()
    for (let claims = 0; claims < 3; claims++)
      for (const row of await leases.claimDue(1024)) met.add(row.organizationId)
    expect(tenants.filter(tenant => !met.has(tenant))).toEqual([])
  })
})
