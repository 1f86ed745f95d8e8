// Two projects: `embedded` runs every test on the embedded PostgreSQL; `server` runs those that need a store once more
// on the PostgreSQL of this machine, where there is one.
import { defineConfig } from 'vitest/config'
import { hasMachineServer, machineServerUrl } from './test/harness/machine-server.ts'
import { requirement } from './test/harness/requirement.ts'

const storeSuites = ['store', 'identity', 'connections', 'triggers'].map(room => `test/${room}/**/*.test.ts`)

export default defineConfig(async () => {
  const machine = requirement(`a PostgreSQL at ${new URL(machineServerUrl).host}`, await hasMachineServer())
  const shared = {
    environment: 'node' as const,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    setupFiles: ['test/harness/end-to-end-patience.ts'],
  }
  const embedded = {
    test: {
      ...shared,
      name: 'embedded',
      include: ['test/**/*.test.ts'],
      exclude: ['test/bench/**', '**/node_modules/**'],
      globalSetup: ['test/harness/embedded-server.ts'],
    },
  }
  const server = {
    test: {
      ...shared,
      name: 'server',
      include: storeSuites,
      // These start servers of their own.
      exclude: ['test/store/embedded-*'],
      globalSetup: ['test/harness/machine-server.ts'],
    },
  }
  return {
    test: {
      // A hub, its database and a browser at a time for each core, and no more.
      maxWorkers: 2,
      projects: machine ? [embedded, server] : [embedded],
    },
  }
})
