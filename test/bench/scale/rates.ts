// How many small queries a hub answers in a second: as many as ten connections can ask.
import { median } from './figures.ts'
import { load } from './load.ts'
import { answerTo, type OpenHub } from './open-hub.ts'

const roundSeconds = 4

export interface Rates {
  readonly what: string
  readonly one: number
  readonly all: number
  /** Rate of `all` over that of `one`, median of the pairs of neighbouring rounds. */
  readonly ratio: number
  /** Of the hub with all installed. */
  readonly p99: number
  readonly failed: number
}

const queries = [
  ['a field of the hub', '{ viewer { email } }'],
  ['a connector’s action, its API on loopback', '{ sample_getThing { id title } }'],
] as const

/** Rounds alternate between the hubs, and which one begins alternates too. */
export async function measureRates(one: OpenHub, all: OpenHub, rounds: number): Promise<readonly Rates[]> {
  const measured: Rates[] = []
  for (const [what, query] of queries)
    measured.push({ what, ...(await measureQuery(query, one, all, rounds)) })
  return measured
}

async function measureQuery(
  query: string,
  one: OpenHub,
  all: OpenHub,
  rounds: number,
): Promise<Omit<Rates, 'what'>> {
  // Warms both up.
  for (const hub of [one, all]) await runRound(hub, query)
  const runs = { one: [] as Round[], all: [] as Round[] }
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? (['one', 'all'] as const) : (['all', 'one'] as const)
    for (const which of order) runs[which].push(await runRound(which === 'one' ? one : all, query))
  }
  return {
    one: median(runs.one.map(({ rate }) => rate)),
    all: median(runs.all.map(({ rate }) => rate)),
    ratio: median(runs.all.map(({ rate }, round) => rate / (runs.one[round]?.rate ?? Number.NaN))),
    p99: median(runs.all.map(({ milliseconds }) => milliseconds.p99)),
    failed: [...runs.one, ...runs.all].reduce((sum, { failed }) => sum + failed, 0),
  }
}

type Round = Awaited<ReturnType<typeof load>>

async function runRound(open: OpenHub, query: string): Promise<Round> {
  const expected = await answerTo(open, query)
  const { url } = open.hub
  return load({ url, headers: open.client.headers, query, expected, seconds: roundSeconds })
}
