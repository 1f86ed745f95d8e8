// Opens the store that the configuration names, with every migration applied.
import type { Clock } from '../clock.ts'
import type { Secret } from '../secret.ts'
import type { Logger } from '../telemetry/index.ts'
import { openEmbedded } from './embedded/open-embedded.ts'
import { checkServer } from './external.ts'
import { embeddedLabel, externalLabel } from './label.ts'
import { applyMigrations } from './migrate.ts'
import { openPool } from './pool.ts'
import type { Store } from './store.ts'

export interface StoreOptions {
  /** Null: the embedded PostgreSQL in the data folder. */
  readonly databaseUrl: Secret | null
  /** Absolute. */
  readonly dataFolder: string
  readonly logger: Logger
  readonly clock: Clock
  /** What the operator knows this hub by, such as its public URL; a second hub on the data folder is told. */
  readonly address?: string
  /** Gives the opening up: what was started for it is stopped, and the signal's reason is thrown. */
  readonly signal?: AbortSignal
}

/**
 * Opens the store. Throws STORE_UNAVAILABLE with a sentence that says what to do, DATA_FOLDER_IN_USE where another
 * hub holds the data folder. Disposing drains the connections and stops an embedded server.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { databaseUrl, logger, signal } = options
  if (databaseUrl) {
    const connection = { connectionString: databaseUrl.reveal() }
    const label = externalLabel(databaseUrl)
    await checkServer(connection, label)
    await applyMigrations(connection, label, signal)
    return openPool({ connection, label, logger })
  }
  const server = await openEmbedded({ ...options, address: options.address ?? 'an address it did not say' })
  const label = embeddedLabel(server.connection)
  try {
    await applyMigrations(server.connection, label, signal)
  } catch (error) {
    await server[Symbol.asyncDispose]()
    throw error
  }
  const admit = () => {
    const trouble = server.trouble()
    if (trouble) throw trouble
  }
  const store = openPool({ connection: server.connection, label, logger, admit })
  return {
    ...store,
    lost: server.lost.then(async reason => {
      await store[Symbol.asyncDispose]()
      return reason
    }),
    async ping() {
      admit()
      await store.ping()
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}
