// How many small queries a hub answers in a second: as many as ten connections can ask. Two processes of one program
// differ by more than what is looked for, so each sample is of fresh processes, and a control says how far two hubs
// differ that are the same.
import { median } from '../measure/figures.ts'
import { load } from '../measure/load.ts'
import type { HubKind } from '../measure/measured-hub.ts'
import { answerTo, type OpenHub, openHub } from '../measure/open-hub.ts'

const warmSeconds = 3
const roundSeconds = 3
/** Rounds of each process and query. */
const turns = 2

const queries = [
  { what: 'a field of the hub', query: '{ viewer { email } }' },
  { what: 'a connector’s action, its API on loopback', query: '{ sample_getThing { id title } }' },
] as const

export interface Kinds {
  readonly one: HubKind
  /** Another hub like `one`. */
  readonly control: HubKind
  readonly all: HubKind
}

type Which = keyof Kinds

export interface Ratio {
  readonly median: number
  readonly least: number
  readonly most: number
}

export interface Rates {
  readonly what: string
  readonly one: number
  readonly all: number
  /** Rate of `all` over that of `one`, of the same sample. */
  readonly ratio: Ratio
  /** Rate of `control` over that of `one`. */
  readonly control: Ratio
  /** Milliseconds, of `all`. */
  readonly p99: number
  readonly failed: number
}

interface Measured {
  readonly rate: number
  readonly p99: number
  readonly failed: number
}

/** `samples` times three fresh hubs, whose rounds take turns. */
export async function measureRates(kinds: Kinds, samples: number): Promise<readonly Rates[]> {
  const measured = queries.map((): Record<Which, Measured>[] => [])
  for (let sample = 0; sample < samples; sample++) {
    await using stack = new AsyncDisposableStack()
    const hubs = {
      one: await openHub(stack, kinds.one),
      control: await openHub(stack, kinds.control),
      all: await openHub(stack, kinds.all),
    }
    for (const [index, { query }] of queries.entries())
      measured[index]?.push(await measureQuery(query, hubs, sample))
  }
  return queries.map(({ what }, index) => summarise(what, measured[index] ?? []))
}

/** Who begins changes from sample to sample. */
async function measureQuery(
  query: string,
  hubs: Readonly<Record<Which, OpenHub>>,
  sample: number,
): Promise<Record<Which, Measured>> {
  const all = ['one', 'control', 'all'] as const
  const order = all.map((_, place) => all[(place + sample) % all.length] ?? 'one')
  for (const which of order) await run(hubs[which], query, warmSeconds)
  const rounds = { one: [], control: [], all: [] } as Record<Which, Measured[]>
  for (let turn = 0; turn < turns; turn++)
    for (const which of turn % 2 === 0 ? order : order.toReversed())
      rounds[which].push(await run(hubs[which], query, roundSeconds))
  return { one: together(rounds.one), control: together(rounds.control), all: together(rounds.all) }
}

async function run(open: OpenHub, query: string, seconds: number): Promise<Measured> {
  const expected = await answerTo(open, query)
  const { url } = open.hub
  const { rate, failed, milliseconds } = await load({
    url,
    headers: open.client.headers,
    query,
    expected,
    seconds,
  })
  return { rate, failed, p99: milliseconds.p99 }
}

function together(rounds: readonly Measured[]): Measured {
  return {
    rate: median(rounds.map(({ rate }) => rate)),
    p99: median(rounds.map(({ p99 }) => p99)),
    failed: rounds.reduce((sum, { failed }) => sum + failed, 0),
  }
}

function summarise(what: string, samples: readonly Record<Which, Measured>[]): Rates {
  const over = (which: Which): Ratio => {
    const ratios = samples.map(sample => sample[which].rate / sample.one.rate)
    return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) }
  }
  return {
    what,
    one: median(samples.map(({ one }) => one.rate)),
    all: median(samples.map(({ all }) => all.rate)),
    ratio: over('all'),
    control: over('control'),
    p99: median(samples.map(({ all }) => all.p99)),
    failed: together(samples.flatMap(sample => Object.values(sample))).failed,
  }
}
