// Several hubs on one database: what one imports, replaces or removes, the others take up within seconds.
import { sql } from 'drizzle-orm'
import type { Clock } from '../../clock.ts'
import { type Store, schema } from '../../store/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import type { Catalogue } from './catalogue.ts'
import { installedImports } from './installed.ts'

const pollMilliseconds = 2_000

interface Options {
  readonly store: Store
  readonly catalogue: Pick<Catalogue, 'replaceAll' | 'revision'>
  readonly clock: Clock
  readonly logger: Logger
}

/** Looks every two seconds; reads the list only where it changed. Disposing waits for a look under way. */
export function followImports({ store, catalogue, clock, logger }: Options): AsyncDisposable {
  let seen: string | null = null
  let looking: Promise<void> = Promise.resolve()
  let stopped = false
  let cancel = () => {}

  async function look(): Promise<void> {
    const fingerprint = await fingerprintOf(store)
    if (fingerprint === seen) return
    const before = catalogue.revision()
    const installed = await installedImports(store)
    // An import here may have been stored after the rows were read: what was read is old, the next look sees both.
    if (catalogue.revision() !== before) return
    catalogue.replaceAll('imported', installed)
    seen = fingerprint
  }

  function plan(): void {
    if (stopped) return
    cancel = clock.after(pollMilliseconds, () => {
      looking = look()
        .catch(error => logger.warn({ error }, 'Imports of other instances could not be looked for.'))
        .finally(plan)
    })
  }
  plan()

  return {
    async [Symbol.asyncDispose]() {
      stopped = true
      cancel()
      await looking
    },
  }
}

/**
 * Another text whenever a row was added, changed or removed. `xmin` names the transaction that wrote a row, so it
 * holds whatever the instances' clocks say: https://www.postgresql.org/docs/current/ddl-system-columns.html
 */
async function fingerprintOf(store: Store): Promise<string> {
  const { connector } = schema
  const [row] = await store.db
    .select({
      fingerprint: sql<string>`coalesce(md5(string_agg(${connector.name} || ':' || connector.xmin::text, ',' order by ${connector.name})), '')`,
    })
    .from(connector)
  return row?.fingerprint ?? ''
}
