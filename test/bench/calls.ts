// What a call costs beside the practical limit and beside a peer: the same API behind a bare proxy, the same behind
// Apollo Server, this hub and Hive Gateway, the same queries, one after the other and again.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProgram } from '../harness/program.ts'
import { type Contender, startApollo, startBare, startHive, startHub } from './calls/contenders.ts'
import { type Query, queries } from './calls/queries.ts'
import { count, median, table } from './measure/figures.ts'
import { load } from './measure/load.ts'
import { cpuSeconds, describeMachine } from './measure/machine.ts'

const targets = { ofBare: 0.5, ofHive: 10 }
const warmSeconds = 4
/** Before each round: who stood idle while the others were measured has had code and caches taken away. */
const againSeconds = 1.5
const roundSeconds = 4

interface Round {
  readonly rate: number
  readonly p50: number
  readonly p99: number
  /** Of the contender's process, for one request. */
  readonly cpuMicroseconds: number
  readonly failed: number
}

type Name = Contender['name']

/** Measures everything and prints it as Markdown, some minutes later. */
export async function calls(options: { rounds: number; print: (text: string) => void }): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const work = await mkdtemp(join(tmpdir(), 'junctor-bench-'))
  stack.defer(() => rm(work, { recursive: true, force: true }))
  const api = stack.use(await startProgram(join(import.meta.dirname, 'calls/api-process.ts'), {}))
  const contenders = [
    await startBare(stack, api),
    await startApollo(stack, api),
    await startHub(stack, api, work),
    await startHive(stack, api, work),
  ]
  options.print(`${describeMachine()}\n\n`)
  const rows: string[][] = []
  for (const query of queries) rows.push(...rowsOf(query, await measure(query, contenders, options.rounds)))
  const head = ['query', 'who', 'requests', 'p50, p99', 'CPU a request', 'failed', 'the hub is']
  options.print(`${table([head, ...rows])}\n`)
}

/** Rounds take turns, and who begins changes. */
async function measure(
  query: Query,
  contenders: readonly Contender[],
  rounds: number,
): Promise<Record<Name, readonly Round[]>> {
  const expected = await sameAnswer(query, contenders)
  const run = (who: Contender, seconds: number) => round(query, who, expected.get(who.name) ?? '', seconds)
  for (const who of contenders) await run(who, warmSeconds)
  const done: Record<Name, Round[]> = { bare: [], apollo: [], hub: [], hive: [] }
  for (let turn = 0; turn < rounds; turn++)
    for (let place = 0; place < contenders.length; place++) {
      const who = contenders[(place + turn) % contenders.length]
      if (!who) continue
      await run(who, againSeconds)
      done[who.name].push(await run(who, roundSeconds))
    }
  return done
}

/** The answer's text by contender. Throws where one of them answers anything else than the others. */
async function sameAnswer(query: Query, contenders: readonly Contender[]): Promise<Map<Name, string>> {
  const texts = new Map<Name, string>()
  for (const { name, url, headers } of contenders) {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: query.document }),
    })
    texts.set(name, await answer.text())
  }
  const plain = [...texts.values()].map(text => sortedJson(JSON.parse(text)))
  if (plain.some(text => text !== plain[0]))
    throw new Error(
      `They answer differently: ${[...texts].map(([name, text]) => `${name}: ${text.slice(0, 300)}`).join('\n')}`,
    )
  return texts
}

/** Dates as moments, since one of them prints milliseconds; members in one order. */
function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === 'string' && /^\d{4}-\d\d-\d\dT/.test(member)) return Date.parse(member)
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

async function round(query: Query, who: Contender, expected: string, seconds: number): Promise<Round> {
  const before = await cpuSeconds(who.pid)
  const done = await load({
    url: who.url,
    headers: who.headers,
    query: query.document,
    expected,
    seconds,
  })
  const used = (await cpuSeconds(who.pid)) - before
  return {
    rate: done.rate,
    p50: done.milliseconds.p50,
    p99: done.milliseconds.p99,
    cpuMicroseconds: (used / done.requests) * 1e6,
    failed: done.failed,
  }
}

function rowsOf({ what }: Query, done: Record<Name, readonly Round[]>): string[][] {
  const middle = (of: Name, figure: keyof Round) => median(done[of].map(one => one[figure]))
  const against = (of: Name) =>
    median(done.hub.map((one, turn) => one.rate / (done[of][turn]?.rate ?? Number.NaN)))
  const verdict = (ratio: number, target: number) =>
    `${ratio.toFixed(2)} × its rate, ${ratio >= target ? 'met' : 'NOT met'}`
  const row = (of: Name, name: string, last: string) => [
    what,
    name,
    `${count(middle(of, 'rate'))}/s`,
    `${middle(of, 'p50')}, ${middle(of, 'p99')} ms`,
    `${count(middle(of, 'cpuMicroseconds'))} µs`,
    count(done[of].reduce((sum, { failed }) => sum + failed, 0)),
    last,
  ]
  return [
    row('bare', 'bare proxy', verdict(against('bare'), targets.ofBare)),
    row('apollo', 'the same behind Apollo Server', `${against('apollo').toFixed(2)} × its rate`),
    row('hub', 'the hub', ''),
    row('hive', 'Hive Gateway', verdict(against('hive'), targets.ofHive)),
  ]
}
