// A real PostgreSQL whose time is the simulation's: a `now()` of our own is found before PostgreSQL's.
import { systemClock } from '../../../src/clock.ts'
import { secret } from '../../../src/secret.ts'
import { openStore, type Store } from '../../../src/store/index.ts'
import { createLogger } from '../../../src/telemetry/index.ts'
import { openTestStore } from '../../harness/open-test-store.ts'

export interface VirtualStore extends AsyncDisposable {
  readonly db: Store['db']
  /** From now on it is this moment in the database; milliseconds since the epoch. */
  setTime(milliseconds: number): Promise<void>
}

export async function openVirtualStore(): Promise<VirtualStore> {
  await using stack = new AsyncDisposableStack()
  const { url, db: outside } = stack.use(await openTestStore())
  await outside.execute('create schema virtual')
  await outside.execute('create table virtual.clock (at timestamptz not null)')
  await outside.execute('insert into virtual.clock values (to_timestamp(0))')
  await outside.execute(
    'create function virtual.now() returns timestamptz stable language sql as $$ select at from virtual.clock $$',
  )
  const inside = new URL(url)
  inside.searchParams.set('options', '-c search_path=virtual,public,pg_catalog')
  const { db } = stack.use(
    await openStore({
      databaseUrl: secret(inside.href),
      dataFolder: '/nonexistent',
      logger: createLogger('silent'),
      clock: systemClock,
    }),
  )
  const open = stack.move()
  return {
    db,
    setTime: async milliseconds =>
      void (await outside.execute(`update virtual.clock set at = to_timestamp(${milliseconds / 1000})`)),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}
