// The bus of a hub that has its store for itself.
import type { Bus } from './contract.ts'
import { createListeners } from './listeners.ts'

export function inProcessBus(): Bus {
  const listeners = createListeners()
  return {
    wake: feedId => listeners.call(feedId),
    listen: async (feedId, listener) => listeners.add(feedId, listener),
    async [Symbol.asyncDispose]() {
      listeners.clear()
    },
  } satisfies Bus
}
