// Whole runs start hubs, servers and browsers: they may take minutes where other tests may take seconds.
import { expect, vi } from 'vitest'

if (expect.getState().testPath?.includes('/test/e2e/'))
  vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })
