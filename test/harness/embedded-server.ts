// Global set-up of the project `embedded`: the embedded PostgreSQL in a temporary folder, for the whole run.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { systemClock } from '../../src/clock.ts'
import { openEmbedded } from '../../src/store/embedded/open-embedded.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { prepareServer } from './database-server.ts'

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await using stack = new AsyncDisposableStack()
  const dataFolder = await mkdtemp(join(tmpdir(), 'junctor-tests-'))
  stack.defer(() => rm(dataFolder, { recursive: true, force: true }))
  const server = stack.use(
    await openEmbedded({
      dataFolder,
      address: 'the test run',
      logger: createLogger('warn'),
      clock: systemClock,
    }),
  )
  const { host, user } = server.connection
  const url = `postgresql:///postgres?${new URLSearchParams({ host, user })}`
  project.provide('databaseServer', await prepareServer(url))
  const open = stack.move()
  return () => open.disposeAsync()
}
