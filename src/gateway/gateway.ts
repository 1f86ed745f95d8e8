// Puts the gateway together: catalogue → slices → executor → Apollo Server, graphql-ws and HTTP routes.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { JunctorError } from '../errors.ts'
import { shareCalls } from '../invocation/index.ts'
import { createOperationCaller } from './call-operation.ts'
import type { RequestContext } from './context.ts'
import { createDelivery } from './delivery/delivery.ts'
import { createDocumentStore } from './documents.ts'
import { createErrorPresenter } from './errors.ts'
import { createExecutor } from './execute.ts'
import { createApollo } from './http/apollo.ts'
import { createEventStreams } from './http/event-streams.ts'
import { createFastPath } from './http/fast-path.ts'
import { createHttpServer } from './http/server.ts'
import { createSessionWatch } from './http/session-watch.ts'
import { watchSilentConnections } from './http/silent-connections.ts'
import { serveWebSockets } from './http/web-socket.ts'
import { createHubResolvers } from './hub/index.ts'
import { mayUseConnector, visibleConnectors } from './introspection.ts'
import { observedExecutor } from './observed-executor.ts'
import { createTriggerOpener } from './open-trigger.ts'
import type { Services } from './services.ts'
import { createSlices, type SliceCaller } from './slices/slices.ts'
import type { UploadLimits } from './uploads/upload-limits.ts'

/** The hub's own SDL. */
export function readHubSdl(): string {
  return readFileSync(join(import.meta.dirname, '../../schema/hub.graphql'), 'utf8')
}

interface Options {
  readonly services: Services
  readonly publicUrl: string
  /** Addresses and networks whose X-Forwarded-For names the caller. */
  readonly trustedProxies: readonly string[]
  readonly uploadLimits: UploadLimits
  /** What one client may have open. */
  readonly subscriptions: { readonly perSocket: number; readonly streamsPerPerson: number }
  /** Rejects while the store does not answer. */
  readonly ping: () => Promise<void>
}

export interface Gateway extends AsyncDisposable {
  /** Starts to listen; resolves with the URL of the socket. */
  listen(at: { host: string; port: number }): Promise<string>
}

/** Milliseconds from the end of listening until requests in flight are cancelled, and until connections are cut. */
const graces = { cancel: 5_000, cut: 7_000 }

/**
 * Builds the gateway. Disposing stops listening, ends sockets and lets requests in flight finish: for as long as a
 * grace allows, since an API that hangs must not keep the hub from ending.
 */
export async function createGateway(options: Options): Promise<Gateway> {
  const { services, publicUrl, trustedProxies, uploadLimits, subscriptions } = options
  const hubSdl = readHubSdl()
  const slices = createSlices({ catalogue: services.catalogue, hubSdl })
  const present = createErrorPresenter(services.logger)
  const callerOf = ({ actor }: RequestContext): SliceCaller => ({
    signedIn: actor !== null,
    mayUse: entry => mayUseConnector(actor, entry),
    visible: () => visibleConnectors(services, actor),
  })
  const plain = createExecutor({
    sliceOf: (document, context) => slices.of(document, context.scope, callerOf(context)),
    knownSlice: (document, context) => slices.known(document, context.scope, callerOf(context)),
    hub: createHubResolvers(services),
    call: createOperationCaller(services),
    open: createTriggerOpener(services),
    deliver: createDelivery(services),
    sdl: (subgraph, slice) => slices.federatedSdl(subgraph, slice),
    present,
  })
  const executor = observedExecutor(plain, services)
  const documents = createDocumentStore()
  const apollo = createApollo({ hubSdl, executor, documents, logger: services.logger })
  await apollo.start()
  const ready = () =>
    options.ping().then(
      () => true,
      () => false,
    )
  const ending = new AbortController()
  const callers = {
    executor,
    identity: services.identity,
    present,
    watchSession: createSessionWatch(services),
    shareCalls: () => shareCalls(services.invoker, services.metrics),
  }
  const server = await createHttpServer({
    services,
    apollo,
    fastPath: createFastPath({ executor, documentOf: documents.find }),
    events: createEventStreams({
      ...callers,
      clock: services.clock,
      most: subscriptions.streamsPerPerson,
    }),
    publicUrl,
    trustedProxies,
    uploadLimits,
    ending: ending.signal,
    ready,
  })
  await server.ready()
  const silent = watchSilentConnections(server.server)
  const sockets = serveWebSockets({
    ...callers,
    server: server.server,
    most: subscriptions.perSocket,
    origins: new Set([new URL(publicUrl).origin]),
  })
  return {
    listen: ({ host, port }) => server.listen({ host, port }),
    async [Symbol.asyncDispose]() {
      const timers = [
        services.clock.after(graces.cancel, () => ending.abort(notWaitedFor())),
        services.clock.after(graces.cut, () => server.server.closeAllConnections()),
      ]
      await sockets[Symbol.asyncDispose]()
      const closed = server.close()
      silent.close()
      await closed
      for (const cancel of timers) cancel()
      await apollo.stop()
    },
  }
}

function notWaitedFor(): JunctorError {
  return new JunctorError(
    'UPSTREAM_TIMEOUT',
    'The hub is shutting down and did not wait any longer for an answer: see whether the call took effect, and ask again.',
  )
}
