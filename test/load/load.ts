// Load: many people at once before a hub whose API fails, hangs and throttles one call in five. Everything is a process
// of its own, on loopback.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { z } from 'zod'
import { startHub, waitFor } from '../harness/hub.ts'
import { startProgram } from '../harness/program.ts'
import { type Plan, type Told, told } from './asking.ts'
import { done } from './faults.ts'
import { judge, type Ledger } from './judge.ts'
import { host, writeLedgerConnector } from './ledger-api.ts'
import { openLiveHeap } from './live-heap.ts'
import { signUpPeople } from './people.ts'
import { type Sockets, socketsOf } from './sockets.ts'
import { type Look, watchHub } from './watch.ts'

/** The API may be silent for 30 seconds, and whoever asked it is told then. */
const settleSeconds = 90
/** The pool of the database opens so many connections when there is much to do. */
const poolSize = 10

export interface LoadOptions {
  readonly callers: number
  readonly seconds: number
  /** How many seconds behind the end a caller waits for its last answer. */
  readonly patience: number
  readonly seed: string
}

export interface LoadRun {
  readonly told: readonly Told[]
  readonly ledger: Ledger
  /** Of the hub, once a second, from the first call until nothing was left to do. */
  readonly looks: readonly Look[]
  /** Megabytes that the hub holds: before the load, at the end of each quarter of it, and when nothing was left to do. */
  readonly live: readonly number[]
  /** Of the hub: before the load, in the middle of it, and when nothing was left to do. */
  readonly sockets: { readonly before: Sockets; readonly during: Sockets; readonly after: Sockets }
  /** Whatever is not as it should be, in sentences. */
  readonly faults: readonly string[]
}

const heapLooks = 4

const ledgerText = z.array(z.tuple([z.string(), z.array(done)]))

/** Throws where the hub does not come to rest: no connection of callers or to the API left, and no more files open. */
export async function runLoad(options: LoadOptions): Promise<LoadRun> {
  await using stack = new AsyncDisposableStack()
  const work = await mkdtemp(join(tmpdir(), 'junctor-load-'))
  stack.defer(() => rm(work, { recursive: true, force: true }))
  await writeLedgerConnector(join(work, 'connectors'))
  const api = stack.use(
    await startProgram(join(import.meta.dirname, 'upstream-process.ts'), { LOAD_SEED: options.seed }),
  )
  const hub = stack.use(
    await startHub({
      dataFolder: join(work, 'hub'),
      env: {
        JUNCTOR_CONNECTORS: join(work, 'connectors'),
        JUNCTOR_ORIGINS: `https://${host}=${api.url}`,
        JUNCTOR_ALLOW_PRIVATE: api.url,
        JUNCTOR_SIGNUP: 'open',
        JUNCTOR_LOG: 'error',
        NODE_OPTIONS: '--inspect-port=127.0.0.1:0',
      },
    }),
  )
  const pid = hub.process.pid ?? 0
  const look = () => socketsOf(pid, { own: hub.port, upstream: Number(new URL(api.url).port) })
  const people = await signUpPeople(hub)

  const heap = stack.use(await openLiveHeap(hub))
  const before = await look()
  const watch = watchHub({ url: hub.url, pid })
  const live = [await heap.measure()]
  const asking = ask({ url: hub.url, ...options, people: [...people] })
  let during = before
  for (let part = 1; part <= heapLooks; part++) {
    await new Promise(resolve => setTimeout(resolve, (options.seconds * 1000) / heapLooks))
    live.push(await heap.measure())
    if (part === heapLooks / 2) during = await look()
  }
  const told = await asking
  let after = await look()
  const atRest = () =>
    // This process itself keeps the connections that it signed people up by.
    after.accepted <= before.accepted &&
    after.upstream === 0 &&
    after.descriptors <= before.descriptors + poolSize
  await waitFor(
    async () => {
      after = await look()
      return atRest()
    },
    () => `The hub keeps what it opened: ${JSON.stringify({ before, after })}`,
    settleSeconds,
  )
  live.push(await heap.measure())
  // Node waits at its end until whoever inspects it has gone.
  heap[Symbol.dispose]()
  const looks = await watch.stop()
  const ledger = new Map(ledgerText.parse(await (await fetch(`${api.url}/ledger`)).json()))
  const errors = hub
    .output()
    .split('\n')
    .filter(line => /"level":(50|60)/.test(line))
  const code = await hub.stop('SIGTERM')
  return {
    told,
    ledger,
    looks,
    live,
    sockets: { before, during, after },
    faults: [
      ...judge(told, ledger),
      ...errors.map(line => `The hub logged: ${line}`),
      ...(code === 0 ? [] : [`The hub ended with ${code}.`]),
    ],
  }
}

async function ask(plan: Plan): Promise<readonly Told[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'callers-process.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  child.stdin.end(JSON.stringify(plan))
  const answers = told.array().parse(await json(child.stdout))
  await ended
  return answers
}
