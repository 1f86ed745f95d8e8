// Many people at one feed, each with a session of their own: whose access is looked at, by each before each event, and
// who is known for seconds only. Beside as many clients of one person.
import { administer } from '../../harness/database-server.ts'
import { waitFor } from '../../harness/hub.ts'
import { machineServerUrl } from '../../harness/machine-server.ts'
import { count, table } from '../measure/figures.ts'
import { cpuSeconds } from '../measure/machine.ts'
import { openClients } from './clients.ts'
import { type MeasuredFeedHub, startHub } from './contenders.ts'
import { ownDatabase } from './own-database.ts'
import type { Part } from './part.ts'
import { eventsOf, publishSteadily } from './steady.ts'

const clients = 1_000
const steady = { seconds: 60, eventsPerSecond: 10 }
/** Who sign up at the same time. */
const lanes = 4

type Headers = Readonly<Record<string, string>>

export const people: Part = async ({ stack, work, database = machineServerUrl, print }) => {
  const url = await ownDatabase(stack, database)
  const hub = await startHub(stack, work, url, { JUNCTOR_SIGNUP: 'open', JUNCTOR_TRUST_PROXY: '127.0.0.1' })
  const rows = [await measure(hub, 'one person', hub.socket.headers)]
  const everybody = await signUpAll(hub.url)
  // Into the organization of the feed, and at work in it.
  await administer(
    url,
    `insert into member (id, organization_id, user_id, created_at)
     select gen_random_uuid(), feed.organization_id, person.id, now() from feed, "user" person
     where not exists (select from member where member.organization_id = feed.organization_id and user_id = person.id)`,
    'update session set active_organization_id = (select organization_id from feed)',
  )
  rows.push(await measure(hub, `${count(clients)} people`, everybody))
  const head = [`${count(clients)} clients of`, 'told after p50', 'p99', 'at most', 'CPU a delivery']
  print(
    `At ${steady.eventsPerSecond} events a second for ${steady.seconds} s:\n\n${table([head, ...rows])}\n`,
  )
}

async function measure(hub: MeasuredFeedHub, who: string, headers: Headers | readonly Headers[]) {
  await using inner = new AsyncDisposableStack()
  const audience = await openClients(inner, { ...hub.socket, headers }, clients)
  await waitFor(
    async () => (await hub.subscribed()) === clients,
    () => `Not all clients of ${who} are subscribed.`,
    120,
  )
  const events = eventsOf(steady)
  const { all } = await audience.expect(events)
  const before = await cpuSeconds(hub.pid)
  await publishSteadily(hub, steady)
  const { milliseconds } = await all
  const used = (await cpuSeconds(hub.pid)) - before
  const at = (share: number) => milliseconds[Math.floor((milliseconds.length - 1) * share)] ?? Number.NaN
  return [
    who,
    ...[0.5, 0.99, 1].map(share => `${at(share).toFixed(1)} ms`),
    `${((used / (events * clients)) * 1e6).toFixed(1)} µs`,
  ]
}

/** As many people as there are clients; what each proves themselves with. */
async function signUpAll(url: string): Promise<Headers[]> {
  const found: Headers[] = []
  let left = clients
  const signUp = async (n: number) => {
    const response = await fetch(`${url}/api/auth/sign-up/email`, {
      method: 'POST',
      // From everywhere: one address may not make so many accounts.
      headers: {
        'content-type': 'application/json',
        'x-forwarded-for': `10.1.${Math.floor(n / 256)}.${n % 256}`,
      },
      body: JSON.stringify({
        name: `Person ${n}`,
        email: `person-${n}@example.com`,
        password: 'correct horse battery',
      }),
    })
    const token = response.headers.get('set-auth-token')
    if (!token) throw new Error(`Sign-up was answered ${response.status}: ${await response.text()}`)
    found.push({ authorization: `Bearer ${token}` })
  }
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (left > 0) await signUp(left--)
    }),
  )
  return found
}
