// The ways to run hubs: three that share a PostgreSQL and are woken by it or by NATS, and one with a PostgreSQL of its own.
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Chance } from '../conformance/calls/seeded.ts'
import { freePort } from '../harness/hub.ts'
import { type Chaos, hubMishaps, type Mishap } from './chaos.ts'
import { type NatsServer, startNats, type Way } from './nats-server.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'
import type { Installation, Site } from './scenario.ts'
import { type SupervisedHub, superviseHub } from './supervised-hub.ts'

const hubsOfMany = 3
const mostSkew = 30_000

/** What wakes the hubs' readers: the database's own NOTIFY, or a NATS. */
export type BusKind = 'notify' | 'nats'

/** Milliseconds that NATS, or the way to it, is gone or silent at most. */
const longestSilence = 4_000

/** The bus is cut, whichever it is. */
export const threeHubs =
  (chaos: Chaos, bus: BusKind = 'notify') =>
  async ({ folder, env, chance, stack }: Site): Promise<Installation> => {
    const server = stack.use(await startPostgres(join(folder, 'postgres')))
    const keys = `k1:${randomBytes(32).toString('base64')}`
    const nats = bus === 'nats' ? stack.use(await startNats()) : null
    const ways: Way[] = []
    const hubs: SupervisedHub[] = []
    for (let index = 0; index < hubsOfMany; index++) {
      const way = nats && stack.use(await nats.way())
      if (way) ways.push(way)
      hubs.push(
        stack.use(
          superviseHub({
            port: await freePort(),
            env: {
              ...env,
              DATABASE_URL: server.url,
              JUNCTOR_DATA: join(folder, `hub-${index}`),
              JUNCTOR_KEYS: keys,
              ...(way && { NATS_URL: way.url }),
            },
            // One is early, one late, one right; which one changes.
            skew: () => (chance.below(3) - 1) * mostSkew,
          }),
        ),
      )
    }
    return {
      hubs,
      mishaps: [
        ...hubMishaps(hubs, chaos),
        { name: 'PostgreSQL crashed', weight: 1, run: done(() => server.restart('SIGQUIT')) },
        { name: 'PostgreSQL restarted', weight: 1, run: done(() => server.restart('SIGINT')) },
        ...(nats ? natsMishaps(nats, ways) : notifyMishaps(server)),
      ],
    }
  }

const done = (run: (chance: Chance) => Promise<void>) => async (chance: Chance) => {
  await run(chance)
  return true
}

function notifyMishaps(server: PostgresServer): Mishap[] {
  return [
    {
      name: 'the bus cut',
      weight: 2,
      async run() {
        const cut = await server.run(
          `select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen %'`,
        )
        return cut.length > 0
      },
    },
  ]
}

function natsMishaps(nats: NatsServer, ways: readonly Way[]): Mishap[] {
  return [
    {
      name: 'NATS killed',
      weight: 1,
      run: done(chance => nats.restart(chance.below(longestSilence))),
    },
    {
      name: 'NATS stopped for a while',
      weight: 1,
      run: done(chance => nats.freeze(chance.below(longestSilence))),
    },
    {
      name: 'a hub cut off from NATS',
      weight: 2,
      run: async chance => chance.pick(ways).cut(chance.below(longestSilence)),
    },
  ]
}

/** The hub, its database, and both at the same moment. */
export const embeddedHub =
  (chaos: Chaos) =>
  async ({ folder, env, chance, stack }: Site): Promise<Installation> => {
    const data = join(folder, 'hub')
    const killDatabase = async (): Promise<boolean> => {
      const file = await readFile(join(data, 'postgres/postmaster.pid'), 'utf8').catch(() => '')
      const pid = Number.parseInt(file, 10)
      return !Number.isNaN(pid) && killProcess(pid)
    }
    // A hub that was killed last leaves its database behind.
    stack.defer(async () => void (await killDatabase()))
    const hub = stack.use(
      superviseHub({
        port: await freePort(),
        env: { ...env, JUNCTOR_DATA: data },
        skew: () => (chance.below(3) - 1) * mostSkew,
      }),
    )
    return {
      hubs: [hub],
      mishaps: [
        ...hubMishaps([hub], chaos),
        { name: 'the database killed', weight: 3, run: killDatabase },
        {
          name: 'the hub and its database killed',
          weight: 3,
          run: async () => {
            const hit = hub.kill()
            return (await killDatabase()) && hit
          },
        },
      ],
    }
  }

/** False where it has ended already. */
function killProcess(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
    throw error
  }
}
