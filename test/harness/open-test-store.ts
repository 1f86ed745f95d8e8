// A store of a test's own, on the run's server.
import { inject } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { secret } from '../../src/secret.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { administer, databaseUrl, uniqueDatabase } from './database-server.ts'

export interface TestStore extends Store {
  /** Connection URL of this database, for a second store on it. */
  readonly url: string
}

/** Opens a store on a fresh, migrated database; disposing drops it. `await using store = await openTestStore()` */
export async function openTestStore(): Promise<TestStore> {
  const { url: serverUrl, template } = inject('databaseServer')
  const name = uniqueDatabase()
  await administer(serverUrl, `create database ${name} template ${template}`)
  const url = databaseUrl(serverUrl, name)
  const store = await openStore({
    databaseUrl: secret(url),
    dataFolder: '/nonexistent',
    logger: createLogger('silent'),
    clock: systemClock,
  })
  return {
    ...store,
    url,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      await administer(serverUrl, `drop database if exists ${name} with (force)`)
    },
  }
}
