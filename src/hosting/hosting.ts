// The webapps of one hub: one supervisor for each connector that has been used.
import type { Clock } from '../clock.ts'
import type { ConnectorDefinition } from '../definition/index.ts'
import { JunctorError } from '../errors.ts'
import type { WebappSockets } from '../invocation/index.ts'
import type { Logger, Metrics } from '../telemetry/index.ts'
import { makeWebappPlace } from './places.ts'
import { createSupervisor, type Supervisor } from './supervisor.ts'
import { startWebappProcess } from './webapp-process.ts'

/** Disposing stops every webapp and waits for it. */
export interface Hosting extends WebappSockets, AsyncDisposable {}

export interface HostingOptions {
  /** Absolute: Config.dataFolder. */
  readonly dataFolder: string
  /** Origins that webapps may reach on private addresses: Config.allowPrivate. */
  readonly guard: { readonly allowPrivate: readonly string[] }
  readonly logger: Logger
  readonly metrics: Pick<Metrics, 'webappRestarts'>
  readonly clock: Clock
}

interface Hosted {
  readonly hash: string
  readonly socketPath: string
  readonly supervisor: Supervisor
}

/**
 * Hosts the webapps of connectors. `socketPath` starts a webapp on its first use and again after a crash; the path is
 * the same over restarts and another one when the connector's definition changes. Ask before each call.
 */
export function createHosting(options: HostingOptions): Hosting {
  const { dataFolder, guard, logger, metrics, clock } = options
  const hosted = new Map<string, Promise<Hosted>>()
  const retiring = new Map<Hosted, Promise<void>>()
  let disposed = false

  const host = async (definition: ConnectorDefinition, module: string): Promise<Hosted> => {
    const connector = definition.name
    const place = await makeWebappPlace(dataFolder, connector, definition.hash)
    const supervisor = createSupervisor({
      connector,
      clock,
      start: () =>
        startWebappProcess({ connector, module, place, allowPrivate: guard.allowPrivate, clock, logger }),
      restarted: () => metrics.webappRestarts.inc({ connector }),
      crashed: how => logger.warn({ connector, how }, 'A webapp ended unasked.'),
    })
    return { hash: definition.hash, socketPath: place.socketPath, supervisor }
  }

  /** The old version answers what it has begun while the new one starts. */
  const retire = async (old: Hosted): Promise<void> => {
    await old.supervisor[Symbol.asyncDispose]()
    retiring.delete(old)
  }

  const current = async (definition: ConnectorDefinition, module: string): Promise<Hosted> => {
    const { name, hash } = definition
    const known = hosted.get(name)
    const found = await known?.catch(() => null)
    if (found?.hash === hash) return found
    // Another call may have replaced it while this one waited.
    if (hosted.get(name) !== known) return current(definition, module)
    if (found) retiring.set(found, retire(found))
    const next = host(definition, module)
    hosted.set(name, next)
    return next
  }

  return {
    async socketPath(definition) {
      if (definition.webapp === null)
        throw new JunctorError('WEBAPP_UNAVAILABLE', `Connector "${definition.name}" has no webapp.`)
      if (disposed)
        throw new JunctorError('WEBAPP_UNAVAILABLE', 'The hub is stopping; call again when it is back.')
      const { supervisor, socketPath } = await current(definition, definition.webapp)
      await supervisor.ready()
      return socketPath
    },
    async [Symbol.asyncDispose]() {
      disposed = true
      const all = await Promise.allSettled(hosted.values())
      const running = all.flatMap(result => (result.status === 'fulfilled' ? [result.value.supervisor] : []))
      await Promise.all([
        ...running.map(supervisor => supervisor[Symbol.asyncDispose]()),
        ...retiring.values(),
      ])
    },
  }
}
