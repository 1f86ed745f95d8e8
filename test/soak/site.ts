// Where a soak happens: a hub on a database of its own, the two APIs that it calls and polls, and people who are signed in.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Chance } from '../conformance/calls/seeded.ts'
import {
  host as numbersHost,
  type Provider,
  startProvider,
  writeNumbersConnector,
} from '../faults/provider.ts'
import { clientOf, type HubClient } from '../harness/client.ts'
import { administer, databaseUrl, uniqueDatabase } from '../harness/database-server.ts'
import { type Hub, startHub } from '../harness/hub.ts'
import { type Program, startProgram } from '../harness/program.ts'
import type { Plan } from '../load/asking.ts'
import { host as ledgerHost, writeLedgerConnector } from '../load/ledger-api.ts'
import { signUpPeople } from '../load/people.ts'

export interface Site {
  readonly hub: Hub
  /** The name of its database. */
  readonly database: string
  /** Hands out items to polls. */
  readonly provider: Provider
  /** Called by people; spoils one call in five. */
  readonly ledgerApi: Program
  readonly people: Plan['people']
  /** One of them, who makes the feeds. */
  readonly client: HubClient
}

/** Everything ends with the stack. */
export async function openSite(
  stack: AsyncDisposableStack,
  options: { readonly server: string; readonly seed: string; readonly pollSeconds: number },
  chance: Chance,
): Promise<Site> {
  const work = await mkdtemp(join(tmpdir(), 'junctor-soak-'))
  stack.defer(() => rm(work, { recursive: true, force: true }))
  const database = uniqueDatabase()
  await administer(options.server, `create database ${database}`)
  stack.defer(() => administer(options.server, `drop database if exists ${database} with (force)`))
  const provider = stack.use(await startProvider(chance, options.pollSeconds))
  const ledgerApi = stack.use(
    await startProgram(join(import.meta.dirname, '../load/upstream-process.ts'), { LOAD_SEED: options.seed }),
  )
  const connectors = join(work, 'connectors')
  await writeNumbersConnector(connectors)
  await writeLedgerConnector(connectors)
  const hub = stack.use(
    await startHub({
      dataFolder: join(work, 'hub'),
      env: {
        DATABASE_URL: databaseUrl(options.server, database),
        JUNCTOR_CONNECTORS: connectors,
        JUNCTOR_ORIGINS: `https://${ledgerHost}=${ledgerApi.url},https://${numbersHost}=${provider.origin}`,
        JUNCTOR_ALLOW_PRIVATE: `${ledgerApi.url},${provider.origin}`,
        JUNCTOR_KEYS: `k1:${randomBytes(32).toString('base64')}`,
        JUNCTOR_SIGNUP: 'open',
        JUNCTOR_LOG: 'warn',
        NODE_OPTIONS: '--inspect-port=127.0.0.1:0',
      },
    }),
  )
  const people = await signUpPeople(hub)
  const client = clientOf(hub.url, 'ada@example.com', people[0]?.headers ?? {})
  return { hub, database, provider, ledgerApi, people, client }
}
