// The webapps and hooks of one hub: for each connector that has been used, a supervisor for each way to authenticate. Connections
// of one kind cannot take those of another down: a sample open to everybody not the servers of a few.
import type { Clock } from '../clock.ts'
import type { ConnectorDefinition } from '../definition/index.ts'
import { JunctorError } from '../errors.ts'
import { defaultLimits, type WebappSockets } from '../invocation/index.ts'
import type { Logger, Metrics } from '../telemetry/index.ts'
import { type HostedCode, hostedCode, kinds } from './hosted-code.ts'
import { startHostedProcess } from './hosted-process.ts'
import { makePlace } from './places.ts'
import { createSupervisor, type Supervisor } from './supervisor.ts'

/** Disposing stops everything that is hosted and waits for it. */
export interface Hosting extends WebappSockets, AsyncDisposable {}

export interface HostingOptions {
  /** Absolute: Config.dataFolder. */
  readonly dataFolder: string
  /** Origins that webapps may reach on private addresses: Config.allowPrivate. */
  readonly guard: { readonly allowPrivate: readonly string[] }
  readonly logger: Logger
  readonly metrics: Pick<Metrics, 'webappRestarts' | 'connectorLabel'>
  readonly clock: Clock
}

interface Hosted {
  readonly socketPath: string
  readonly supervisor: Supervisor
}

/** One version of a connector. */
interface Version {
  readonly hash: string
  /** By authentication. */
  readonly hosted: Map<string | null, Promise<Hosted>>
}

/**
 * Hosts the code of connectors. `socketPath` starts it on its first use and again after a crash; the path is the same over restarts and another one when the connector's definition changes. Ask before each call.
 */
export function createHosting(options: HostingOptions): Hosting {
  const { dataFolder, guard, logger, metrics, clock } = options
  const versions = new Map<string, Version>()
  const retiring = new Set<Version>()
  let disposed = false

  const host = async (
    definition: ConnectorDefinition,
    code: HostedCode,
    authentication: string | null,
  ): Promise<Hosted> => {
    const { name: connector, hash } = definition
    const place = await makePlace(dataFolder, { connector, hash, authentication, kind: code.kind })
    const supervisor = createSupervisor({
      connector,
      title: kinds[code.kind].title,
      clock,
      start: () =>
        startHostedProcess({ connector, code, place, allowPrivate: guard.allowPrivate, clock, logger }),
      restarted: () => metrics.webappRestarts.inc({ connector: metrics.connectorLabel(connector) }),
      crashed: how =>
        logger.warn({ connector, authentication, how }, `A ${kinds[code.kind].title} ended unasked.`),
    })
    return { socketPath: place.socketPath, supervisor }
  }

  /** The old version answers what it has begun, for as long as a call may take, while the new one starts. */
  const retire = async (old: Version): Promise<void> => {
    retiring.add(old)
    const running = await started(old)
    await Promise.all(running.map(({ supervisor }) => supervisor.stop(defaultLimits.totalMs)))
    retiring.delete(old)
  }

  const current = (definition: ConnectorDefinition): Version => {
    const { name, hash } = definition
    const known = versions.get(name)
    if (known?.hash === hash) return known
    const next: Version = { hash, hosted: new Map() }
    versions.set(name, next)
    if (known) void retire(known)
    return next
  }

  const hostedFor = (
    definition: ConnectorDefinition,
    code: HostedCode,
    authentication: string | null,
  ): Promise<Hosted> => {
    const { hosted } = current(definition)
    const known = hosted.get(authentication)
    if (known !== undefined) return known
    const next = host(definition, code, authentication)
    hosted.set(authentication, next)
    // The next call tries again.
    next.catch(() => hosted.delete(authentication))
    return next
  }

  return {
    async socketPath(definition, authentication) {
      const code = hostedCode(definition)
      if (code === null)
        throw new JunctorError(
          'WEBAPP_UNAVAILABLE',
          `Connector "${definition.name}" has no webapp and no hooks.`,
        )
      if (disposed)
        throw new JunctorError('WEBAPP_UNAVAILABLE', 'The hub is stopping; call again when it is back.')
      const { supervisor, socketPath } = await hostedFor(definition, code, authentication)
      await supervisor.ready()
      return socketPath
    },
    async [Symbol.asyncDispose]() {
      disposed = true
      const running = await Promise.all([...versions.values(), ...retiring].map(started))
      await Promise.all(running.flat().map(({ supervisor }) => supervisor[Symbol.asyncDispose]()))
    },
  }
}

async function started({ hosted }: Version): Promise<Hosted[]> {
  const all = await Promise.allSettled(hosted.values())
  return all.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
}
