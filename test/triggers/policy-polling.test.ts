// Laws of polling by policy, for all histories of a list: what came is told once, oldest first, however much came and
// whatever was taken out; what was there before is never told.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { JunctorError } from '../../src/errors.ts'
import type { InvocationResult } from '../../src/invocation/index.ts'
import type { Json } from '../../src/json.ts'
import type { FeedStart } from '../../src/triggers/index.ts'
import { createPollers, type PollContext } from '../../src/triggers/pollers/index.ts'
import { definition, operation, policy, wire } from '../invocation/definitions.ts'

interface Item {
  readonly id: number
  readonly created_at: string
}

const pageSize = 2
const baseline = 7
const times = (id: number) => new Date(Date.UTC(2026, 0, 1) + id * 1000).toISOString()

/** An API of one list, newest first, in pages. */
function listApi(kind: { readonly filter: 'none' | 'after' | 'from'; readonly deepest?: number }) {
  let items: Item[] = []
  let last = 0
  const api = {
    calls: 0,
    expired: false,
    etag: undefined as string | undefined,
    /** So many more; `same`: all at one moment. */
    add(count: number, same = false) {
      const added = Array.from({ length: count }, (_, index) => last + 1 + index)
      last += count
      items = [...added.map(id => ({ id, created_at: times(same ? last : id) })).reverse(), ...items]
      return added
    },
    remove(place: number) {
      items = items.filter((_, index) => index !== place)
    },
    ids: () => items.map(({ id }) => id),
    async call({
      url,
      query = {},
      ifNoneMatch,
    }: Parameters<PollContext['call']>[0] = {}): Promise<InvocationResult> {
      api.calls++
      const asked = new URL(url ?? 'https://api.example.com/list')
      for (const [name, value] of Object.entries(query)) asked.searchParams.set(name, String(value))
      const page = Number(asked.searchParams.get('page') ?? 0)
      if (page > (kind.deepest ?? Number.POSITIVE_INFINITY) || (page > 0 && api.expired)) {
        api.expired = false
        throw new JunctorError('UPSTREAM_ERROR', 'No such page.', { details: { http: { status: 410 } } })
      }
      if (ifNoneMatch !== undefined && ifNoneMatch === api.etag)
        return { status: 304, headers: {}, body: null, url: asked }
      const since = Number(asked.searchParams.get('since') ?? 0)
      const behind = items.filter(({ id }) =>
        kind.filter === 'none' ? true : kind.filter === 'after' ? id > since : id >= since,
      )
      const value = behind.slice(page * pageSize, (page + 1) * pageSize)
      const more = behind.length > (page + 1) * pageSize
      asked.searchParams.set('page', String(page + 1))
      const body: Json = { value: value.map(item => ({ ...item })), ...(more ? { next: asked.href } : {}) }
      return { status: 200, headers: api.etag === undefined ? {} : { etag: api.etag }, body, url: asked }
    },
  }
  return api
}

type ListApi = ReturnType<typeof listApi>

function feedOf(api: ListApi, filtered: boolean, start: FeedStart = { start: 'NEW_ONLY' }) {
  const { policy: poller } = createPollers(systemClock)
  const role = { role: 'polling', style: 'policy', batch: true, itemsPath: ['value'] } as const
  const triggerConfig = {
    ...(filtered ? { since: '@{triggerBody().value[0].id}' } : { per_page: '2' }),
    'x-ms-triggerConfig-nextLink': 'next',
  }
  const config = { triggerConfig, triggerDataPath: '@triggerBody().value' }
  const context: PollContext = {
    trigger: {
      definition: definition('https://api.example.com', {
        policies: [policy('pollingtrigger', config, { operations: ['onListed'], section: 'response' })],
      }),
      operation: operation({ id: 'onListed', role }),
      role,
    },
    arguments: wire(),
    start,
    call: how => api.call(how),
  }
  let state: Json = null
  const told: number[] = []
  return {
    told,
    /** As the engine polls: again at once while there is more. `between` happens after each. */
    async poll(between: () => void = () => {}, most = Number.POSITIVE_INFINITY): Promise<void> {
      for (let polls = 1; ; polls++) {
        const result = await poller.poll(context, state)
        state = result.state
        told.push(...result.events.map(({ data }) => (data as { id: number }).id))
        expect(new Set(result.events.map(({ key }) => key)).size).toBe(result.events.length)
        if (!result.more || polls >= most) return
        if (polls > 200) throw new Error('The polls do not come to an end.')
        between()
      }
    },
  }
}

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ add: fc.integer({ min: 0, max: 5 }), same: fc.boolean() }) },
  // More than two polls read: 20 pages of two.
  { weight: 1, arbitrary: fc.record({ add: fc.integer({ min: 35, max: 130 }), same: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ remove: fc.nat(20) }) },
)

describe.each([
  ['a window on everything', 'none'],
  ['what is behind the state', 'after'],
  ['what is behind the state and what it stands at', 'from'],
] as const)('%s', (_name, filter) => {
  test('all that came is told once, oldest first, and nothing that was there', () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.nat(3), async (steps, meanwhile) => {
        const api = listApi({ filter })
        api.add(baseline)
        const feed = feedOf(api, filter !== 'none')
        await feed.poll()
        const came: number[] = []
        for (const each of steps) {
          if ('remove' in each) {
            // Only of what was told: what goes before anybody looks was never there.
            api.remove(each.remove)
          } else came.push(...api.add(each.add, each.same))
          // While it is read, more comes, and pages move.
          await feed.poll(() => came.push(...api.add(meanwhile)))
        }
        await feed.poll()
        expect(feed.told).toEqual(came)
      }),
      { numRuns: 60 },
    ))

  test('a drain that stops half-way goes on there', async () => {
    const api = listApi({ filter })
    api.add(baseline)
    const feed = feedOf(api, filter !== 'none')
    await feed.poll()
    const came = api.add(500)
    // Thirteen stretches down and as many up, three polls in a row at a time.
    for (let round = 0; round < 15; round++) await feed.poll(() => {}, 3)
    expect(feed.told).toEqual(came)
  })

  test('a link that expired is found anew', async () => {
    const api = listApi({ filter })
    api.add(baseline)
    const feed = feedOf(api, filter !== 'none')
    await feed.poll()
    const came = api.add(200)
    await feed.poll(() => {}, 2)
    api.expired = true
    await feed.poll()
    expect(feed.told).toEqual(came)
  })

  test('an API that gives nothing so deep: what it gives is told, and the polls end', async () => {
    const api = listApi({ filter, deepest: 24 })
    api.add(baseline)
    const feed = feedOf(api, filter !== 'none')
    await feed.poll()
    const came = api.add(300)
    api.calls = 0
    await feed.poll()
    expect(api.calls).toBeLessThan(200)
    expect(feed.told).toEqual(came.slice(-feed.told.length))
    expect(feed.told.length).toBeGreaterThanOrEqual(40)
    const more = api.add(3)
    await feed.poll()
    expect(feed.told.slice(-3)).toEqual(more)
  })
})

test('what was taken out of a window makes room for nothing new', async () => {
  const api = listApi({ filter: 'none' })
  api.add(baseline)
  const feed = feedOf(api, false)
  await feed.poll()
  for (let taken = 0; taken < baseline; taken++) {
    api.remove(0)
    await feed.poll()
  }
  expect(feed.told).toEqual([])
})

test.each([
  [{ start: 'LAST', count: 3 } as const, [98, 99, 100], 2],
  [{ start: 'SINCE', since: new Date(times(95)) } as const, [95, 96, 97, 98, 99, 100], 4],
  [{ start: 'SINCE', since: new Date(0) } as const, Array.from({ length: 40 }, (_, n) => 61 + n), 20],
  [{ start: 'NEW_ONLY' } as const, [], 1],
])('a first poll reads no more than it needs, and 20 pages at most: %o', async (start, expected, calls) => {
  const api = listApi({ filter: 'none' })
  api.add(100)
  const feed = feedOf(api, false, start)
  await feed.poll()
  expect(feed.told).toEqual(expected)
  expect(api.calls).toBe(calls)
})

test('an unchanged list is not read again: its ETag is asked for', async () => {
  const api = listApi({ filter: 'from' })
  api.add(baseline)
  api.etag = '"v1"'
  const feed = feedOf(api, true)
  await feed.poll()
  // Now for the list behind the state, which is another.
  await feed.poll()
  const pages: (string | undefined)[] = []
  const { call } = api
  api.call = async how => {
    pages.push(how?.ifNoneMatch)
    return call(how)
  }
  await feed.poll()
  expect(pages).toEqual(['"v1"'])
  api.etag = '"v2"'
  const came = api.add(2)
  await feed.poll()
  expect(feed.told).toEqual(came)
})
