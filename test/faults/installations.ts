// The two ways to run hubs: three that share a PostgreSQL, and one with a PostgreSQL of its own.
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../harness/hub.ts'
import { type Chaos, hubMishaps } from './chaos.ts'
import { startPostgres } from './postgres-server.ts'
import type { Installation, Site } from './scenario.ts'
import { type SupervisedHub, superviseHub } from './supervised-hub.ts'

const hubsOfMany = 3
const mostSkew = 30_000

/** Its wake-ups go over the database's own NOTIFY, whose connections are cut. */
export const threeHubs =
  (chaos: Chaos) =>
  async ({ folder, env, chance, stack }: Site): Promise<Installation> => {
    const server = stack.use(await startPostgres(join(folder, 'postgres')))
    const keys = `k1:${randomBytes(32).toString('base64')}`
    const hubs: SupervisedHub[] = []
    for (let index = 0; index < hubsOfMany; index++)
      hubs.push(
        stack.use(
          superviseHub({
            port: await freePort(),
            env: {
              ...env,
              DATABASE_URL: server.url,
              JUNCTOR_DATA: join(folder, `hub-${index}`),
              JUNCTOR_KEYS: keys,
            },
            // One is early, one late, one right; which one changes.
            skew: () => (chance.below(3) - 1) * mostSkew,
          }),
        ),
      )
    return {
      hubs,
      mishaps: [
        ...hubMishaps(hubs, chaos),
        { name: 'PostgreSQL crashed', weight: 1, run: () => server.restart('SIGQUIT') },
        { name: 'PostgreSQL restarted', weight: 1, run: () => server.restart('SIGINT') },
        {
          name: 'the bus cut',
          weight: 2,
          run: async () =>
            void (await server.run(
              `select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen %'`,
            )),
        },
      ],
    }
  }

/** The hub, its database, and both at the same moment. */
export const embeddedHub =
  (chaos: Chaos) =>
  async ({ folder, env, chance, stack }: Site): Promise<Installation> => {
    const data = join(folder, 'hub')
    const killDatabase = async () => {
      const file = await readFile(join(data, 'postgres/postmaster.pid'), 'utf8').catch(() => '')
      const pid = Number.parseInt(file, 10)
      if (!Number.isNaN(pid)) killProcess(pid)
    }
    // A hub that was killed last leaves its database behind.
    stack.defer(killDatabase)
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
            hub.kill()
            await killDatabase()
          },
        },
      ],
    }
  }

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    // It has ended already.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
