// `migrate`: opens the store, which applies the migrations, and closes it again.
import { systemClock } from '../clock.ts'
import { readConfig } from '../config.ts'
import { openStore } from '../store/index.ts'
import { createLogger } from '../telemetry/index.ts'

/** Resolves with the exit code. Throws STORE_UNAVAILABLE. */
export async function migrate(env: Readonly<Record<string, string | undefined>>): Promise<number> {
  const config = readConfig(env)
  const logger = createLogger('warn')
  const { databaseUrl, dataFolder } = config
  await using store = await openStore({ databaseUrl, dataFolder, logger, clock: systemClock })
  process.stdout.write(`The tables at ${store.label} are up to date.\n`)
  return 0
}
