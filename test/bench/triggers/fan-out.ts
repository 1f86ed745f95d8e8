// One event to many clients: deliveries a second, against the practical limit and against a peer, in turns.
import { waitFor } from '../../harness/hub.ts'
import { count, median, table } from '../measure/figures.ts'
import { cpuSeconds } from '../measure/machine.ts'
import { type Clients, openClients } from './clients.ts'
import { type Contender, startHub, startProgramContender } from './contenders.ts'
import { bodyOf } from './messages.ts'
import type { Part } from './part.ts'

const sizes = [
  { clients: 1_000, events: 200 },
  { clients: 10_000, events: 20 },
]
const targets = { ofBare: 0.6, ofPeer: 5 }
/** Events on their way to a contender at the same time. */
const inFlight = 4

interface Round {
  /** Deliveries a second. */
  readonly rate: number
  readonly p50: number
  readonly p99: number
  /** Of the contender's process, for one delivery. */
  readonly cpuMicroseconds: number
}

export const fanOut: Part = async ({ rounds, work, database, print }) => {
  const rows: string[][] = []
  for (const size of sizes) {
    await using inner = new AsyncDisposableStack()
    const contenders = [
      await startProgramContender(inner, 'bare'),
      await startHub(inner, `${work}/${size.clients}`, database),
      await startProgramContender(inner, 'peer'),
    ]
    const clients = new Map<string, Clients>()
    for (const who of contenders) {
      clients.set(who.name, await openClients(inner, who.socket, size.clients))
      await waitFor(
        async () => (await who.subscribed()) === size.clients,
        () => `Not all clients of ${who.name} are subscribed.`,
        120,
      )
    }
    const done: Record<Contender['name'], Round[]> = { bare: [], hub: [], peer: [] }
    // The first round warms up.
    for (let turn = 0; turn <= rounds; turn++)
      for (let place = 0; place < contenders.length; place++) {
        const who = contenders[(place + turn) % contenders.length]
        const audience = who && clients.get(who.name)
        if (!who || !audience) continue
        const round = await measure(who, audience, size)
        if (turn > 0) done[who.name].push(round)
      }
    rows.push(...rowsOf(size.clients, done))
  }
  const head = ['clients', 'who', 'deliveries', 'p50, p99', 'CPU a delivery', 'the hub is']
  print(`${table([head, ...rows])}\n`)
}

async function measure(
  who: Contender,
  audience: Clients,
  { clients, events }: { readonly clients: number; readonly events: number },
): Promise<Round> {
  const { all } = await audience.expect(events)
  const before = await cpuSeconds(who.pid)
  const now = () => performance.timeOrigin + performance.now()
  const started = now()
  let made = 0
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (made < events) await who.publish(bodyOf(made++, now()))
    }),
  )
  const { at, milliseconds } = await all
  const used = (await cpuSeconds(who.pid)) - before
  const deliveries = clients * events
  const percentile = (share: number) =>
    milliseconds[Math.min(milliseconds.length - 1, Math.floor(milliseconds.length * share))] ?? Number.NaN
  return {
    rate: deliveries / ((at - started) / 1000),
    p50: percentile(0.5),
    p99: percentile(0.99),
    cpuMicroseconds: (used / deliveries) * 1e6,
  }
}

function rowsOf(clients: number, done: Record<Contender['name'], readonly Round[]>): string[][] {
  const middle = (of: Contender['name'], figure: keyof Round) => median(done[of].map(one => one[figure]))
  const against = (of: 'bare' | 'peer') =>
    median(done.hub.map((one, turn) => one.rate / (done[of][turn]?.rate ?? Number.NaN)))
  const verdict = (ratio: number, target: number) =>
    `${ratio.toFixed(2)} × its rate, ${ratio >= target ? 'met' : 'NOT met'}`
  const row = (of: Contender['name'], name: string, last: string) => [
    count(clients),
    name,
    `${count(middle(of, 'rate'))}/s`,
    `${count(middle(of, 'p50'))}, ${count(middle(of, 'p99'))} ms`,
    `${middle(of, 'cpuMicroseconds').toFixed(1)} µs`,
    last,
  ]
  return [
    row('bare', 'ws alone', verdict(against('bare'), targets.ofBare)),
    row('hub', 'the hub', ''),
    row('peer', 'graphql-ws', verdict(against('peer'), targets.ofPeer)),
  ]
}
