// Load: many people at once before a hub whose API fails, hangs and throttles one call in five. Everything is a process
// of its own, on loopback.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHub } from '../harness/hub.ts'
import { startProgram } from '../harness/program.ts'
import type { Told } from './asking.ts'
import { ask } from './callers.ts'
import { judge, type Ledger } from './judge.ts'
import { readLedger } from './ledger.ts'
import { host, writeLedgerConnector } from './ledger-api.ts'
import { openLiveHeap } from './live-heap.ts'
import { signUpPeople } from './people.ts'
import { atRest, type Sockets, socketsOf } from './sockets.ts'
import { type Look, watchHub } from './watch.ts'

/** The API may be silent for 30 seconds, and whoever asked it is told then. */
const settleSeconds = 90

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
  const asking = ask({ url: hub.url, ...options, pause: 0, people: [...people] })
  let during = before
  for (let part = 1; part <= heapLooks; part++) {
    await new Promise(resolve => setTimeout(resolve, (options.seconds * 1000) / heapLooks))
    live.push(await heap.measure())
    if (part === heapLooks / 2) during = await look()
  }
  const told = await asking
  const after = await atRest(look, before, settleSeconds)
  live.push(await heap.measure())
  // Node waits at its end until whoever inspects it has gone.
  heap[Symbol.dispose]()
  const looks = await watch.stop()
  const ledger = await readLedger(api.url)
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
