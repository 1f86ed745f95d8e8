// Instances of the real scheduler, worker, poller and leases over the real store, in simulated time. Every wait of
// theirs for the store or the API is a step of the machine's.
import { randomUUID } from 'node:crypto'
import { asc, eq } from 'drizzle-orm'
import type { Json } from '../../../src/json.ts'
import { secret } from '../../../src/secret.ts'
import { schema } from '../../../src/store/index.ts'
import { createLogger, createMetrics } from '../../../src/telemetry/index.ts'
import { bindingHash, printArguments } from '../../../src/triggers/feeds/binding.ts'
import { createFeedCall } from '../../../src/triggers/feeds/call.ts'
import { createFeedSeal, type Seal } from '../../../src/triggers/feeds/seal.ts'
import { feedIdOf, inProcessBus } from '../../../src/triggers/index.ts'
import { createPollWork } from '../../../src/triggers/jobs/poll-work.ts'
import { createScheduler } from '../../../src/triggers/jobs/scheduler.ts'
import { createWorker } from '../../../src/triggers/jobs/worker.ts'
import { createPollers } from '../../../src/triggers/pollers/index.ts'
import { createLeases, type Leases } from '../../../src/triggers/schedule/lease.ts'
import { defaultSettings } from '../../../src/triggers/settings.ts'
import { definition, operation, wire } from '../../invocation/definitions.ts'
import { createMachine, type Process } from './machine.ts'
import { createSimProvider, origin } from './sim-provider.ts'
import type { VirtualStore } from './virtual-store.ts'

const { feed, feedEvent, organization } = schema
const start = Date.UTC(2026, 0, 1)
const organizationId = 'org-1'
const logger = createLogger('silent')
const metrics = createMetrics()
const settings = {
  ...defaultSettings,
  leaseSeconds: 3,
  scanSeconds: 0.5,
  concurrency: 2,
  drainLimit: 3,
  maximumBackoffSeconds: 4,
  defaultIntervalSeconds: 1,
}

/** Texts as they are: the simulation looks into them. */
const open: Seal = {
  currentPrefix: '',
  seal: plain => plain.reveal(),
  open: sealed => secret(sealed),
}

const polled = definition(origin, {
  operations: [
    operation({
      id: 'onItem',
      path: '/poll',
      role: { role: 'polling', style: 'protocol', batch: true, itemsPath: [] },
    }),
  ],
})

/** The next answer of the store that is lost on its way: with the work done, or without. */
export type Failure = 'before' | 'after'

export async function openSimulation({ db, setTime }: VirtualStore, feeds: number, skews: readonly number[]) {
  await setTime(start)
  const machine = createMachine(start, setTime)
  const provider = createSimProvider(machine)
  const faults: string[] = []
  let failure: Failure | null = null
  await db.delete(feed)
  await db
    .insert(organization)
    .values({ id: organizationId, name: 'Org', slug: 'org', createdAt: new Date(start) })
    .onConflictDoNothing()
  const ids: string[] = []
  for (let index = 0; index < feeds; index++) ids.push(await insertFeed(index))

  async function insertFeed(index: number): Promise<string> {
    const id = randomUUID()
    const bound = wire({ query: { feed: String(index) } })
    const binding = bindingHash({
      organizationId,
      connector: 'demo',
      importId: null,
      operationId: 'onItem',
      field: 'demo_onItem',
      connectionId: null,
      arguments: bound,
    })
    await db.insert(feed).values({
      id,
      organizationId,
      connector: 'demo',
      operationId: 'onItem',
      field: 'demo_onItem',
      kind: 'POLLING',
      arguments: printArguments(bound),
      binding,
      status: 'STARTING',
      durable: true,
      intervalSeconds: 1,
      // All items from the first on: those that are there before anybody asked are events, too.
      start: 'SINCE',
      startSince: new Date(0),
      nextDueAt: new Date(start),
    })
    return id
  }

  /** The store's work in one step, unless its connection breaks. */
  async function stored<T>(work: () => Promise<T>): Promise<T> {
    const lost = failure
    failure = null
    if (lost === 'before') throw new Error('The connection to the store is lost.')
    const outcome = await work()
    if (lost === 'after') throw new Error('The connection to the store is lost, and its answer with it.')
    return outcome
  }

  function gated(leases: Leases, self: Process): Leases {
    const ask = <T>(work: () => Promise<T>) => self.ask(() => stored(work))
    return {
      claimDue: (capacity, running) => ask(() => leases.claimDue(capacity, running)),
      claim: id => ask(() => leases.claim(id)),
      epochOf: id => ask(() => leases.epochOf(id)),
      renew: lease => ask(() => leases.renew(lease)),
      release: lease => ask(() => leases.release(lease)),
      settle: (lease, outcome) => ask(() => fencedBy(lease, () => leases.settle(lease, outcome))),
      write: (lease, outcome) => ask(() => fencedBy(lease, () => leases.write(lease, outcome))),
      underLease: (lease, write) => ask(() => fencedBy(lease, () => leases.underLease(lease, write))),
    }
  }

  /** The fence's law: what is written is written by the holder of the newest lease, and by nobody else. */
  async function fencedBy(
    { feedId, epoch }: { readonly feedId: string; readonly epoch: number },
    write: () => Promise<boolean>,
  ): Promise<boolean> {
    const [before] = await db.select().from(feed).where(eq(feed.id, feedId))
    const held = await write()
    if (held !== (before?.leaseEpoch === epoch))
      faults.push(
        `A write under epoch ${epoch} ${held ? 'went through' : 'was refused'} at ${before?.leaseEpoch}.`,
      )
    await checkLog(feedId)
    return held
  }

  /** The cursor's law: sequences without a gap, items in order and once, and the state exactly behind them. */
  async function checkLog(feedId: string): Promise<void> {
    const [row] = await db.select().from(feed).where(eq(feed.id, feedId))
    const log = await logOf(feedId)
    const wrong = log.findIndex(({ sequence, n }, index) => sequence !== index + 1 || n !== index + 1)
    if (wrong >= 0) faults.push(`The log of ${feedId} is wrong at ${wrong}: ${JSON.stringify(log)}.`)
    const place = Number(/from=(\d+)/.exec(row?.pollState ?? '')?.[1] ?? 0)
    if (place !== log.length || row?.lastSequence !== log.length)
      faults.push(`The log of ${feedId} has ${log.length} events, its state says ${place}.`)
  }

  async function logOf(feedId: string): Promise<{ sequence: number; n: Json | undefined }[]> {
    const rows = await db
      .select()
      .from(feedEvent)
      .where(eq(feedEvent.feedId, feedId))
      .orderBy(asc(feedEvent.sequence))
    return rows.map(({ sequence, data }) => ({ sequence, n: (JSON.parse(data) as { n: number }).n }))
  }

  let started = 0
  function startInstance(skew: number): Process {
    const self = machine.process(`instance ${++started}`, skew)
    const leases = gated(
      createLeases({ db, instanceId: self.name, leaseSeconds: settings.leaseSeconds }),
      self,
    )
    const call = createFeedCall({
      openConnection: async () => {
        throw new Error('The feeds of the simulation have no connection.')
      },
      invoker: {
        call: ({ arguments: given, url, signal }) =>
          provider.call(
            self,
            String(given.parameters.query.feed),
            url === undefined ? null : new URL(url),
            signal,
          ),
      },
    })
    const bus = inProcessBus()
    const seal = createFeedSeal(open)
    const { clock } = self
    const worker = createWorker({
      db,
      leases,
      connectors: { get: () => self.ask(async () => polled) },
      polls: createPollWork({
        leases,
        pollers: createPollers(clock),
        call,
        seal,
        bus,
        clock,
        metrics,
        settings,
      }),
      webhooks: { register: noWebhook, unregister: noWebhook },
      registered: { renew: noWebhook, lookFor: noWebhook, confirm: noWebhook },
      moved: { move: noWebhook },
      bus,
      clock,
      logger,
      settings,
    })
    createScheduler({ leases, worker, clock, logger, metrics, settings })
    return self
  }

  const instances = skews.map(startInstance)
  const at = (lot: number): { readonly instance: Process; readonly index: number } | null => {
    const index = lot % instances.length
    const instance = instances[index]
    return instance ? { instance, index } : null
  }
  return {
    machine,
    step: machine.step,
    advance: machine.advance,
    loseAnswer(how: Failure): void {
      failure = how
    },
    pause(lot: number): void {
      const found = at(lot)
      if (found) found.instance.paused = true
    },
    resume(lot: number): void {
      const found = at(lot)
      if (found) found.instance.paused = false
    },
    /** Another takes its place. */
    crash(lot: number): void {
      const found = at(lot)
      if (!found) return
      machine.crash(found.instance)
      instances[found.index] = startInstance(skews[found.index] ?? 0)
    },
    resumeAll(): void {
      failure = null
      for (const instance of instances) instance.paused = false
    },
    faults: () => [...faults, ...provider.faults],
    lengths: () => Promise.all(ids.map(async id => (await logOf(feedIdOf(id))).length)),
  }
}

const noWebhook = () => Promise.reject(new Error('There are no webhooks in the simulation.'))
