// `serve`: builds everything once, from the store up, and takes it down in the reverse order on SIGTERM or SIGINT.
import { hostname } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../clock.ts'
import { type Config, readConfig } from '../config.ts'
import {
  type Connections,
  createAudit,
  createConnections,
  createVault,
  deriveSecret,
  loadKeys,
} from '../connections/index.ts'
import { claimDataFolder } from '../data-folder.ts'
import {
  createFileLinks,
  createGateway,
  createImports,
  createServedConnectors,
  createTester,
} from '../gateway/index.ts'
import { createHosting } from '../hosting/index.ts'
import { createIdentity } from '../identity/index.ts'
import { createInvoker } from '../invocation/index.ts'
import { openStore, type Store } from '../store/index.ts'
import { createLogger, createMetrics, type Logger, openTracing } from '../telemetry/index.ts'
import {
  type Bus,
  createTriggers,
  inProcessBus,
  moveFeedsOf,
  natsBus,
  postgresBus,
  type Triggers,
} from '../triggers/index.ts'
import { aborted, listenForEnd } from './ending.ts'
import { openConnectors } from './open-connectors.ts'

/** The folder of the bundled connectors. */
export const bundledConnectors = join(import.meta.dirname, '../../connectors')

interface Run {
  readonly config: Config
  readonly logger: Logger
  /** Aborts when the hub is to end. */
  readonly ending: AbortSignal
  readonly watch: boolean
}

/** Runs the hub until a signal ends it, also one that comes during the start. Resolves with the exit code. */
export async function serve(
  env: Readonly<Record<string, string | undefined>>,
  { watch }: { /** Take up edits of connectors in folders. */ readonly watch: boolean },
): Promise<number> {
  const config = readConfig(env)
  const logger = createLogger(config.logLevel)
  const ending = listenForEnd()
  ending.addEventListener('abort', () => logger.info('The hub is shutting down.'))
  try {
    return await run({ config, logger, ending, watch })
  } catch (error) {
    if (error === ending.reason) return 0
    throw error
  }
}

async function run({ config, logger, ending, watch }: Run): Promise<number> {
  const metrics = createMetrics()
  const clock = systemClock
  const { publicUrl } = config
  const dataFolder = await claimDataFolder(config.dataFolder)

  await using stack = new AsyncDisposableStack()
  const tracing = await openTracing(config.tracing, logger)
  if (tracing) stack.use(tracing)
  const store = stack.use(
    await openStore({
      databaseUrl: config.databaseUrl,
      dataFolder,
      logger,
      clock,
      address: publicUrl,
      signal: ending,
    }),
  )
  const keys = await loadKeys({ keys: config.keys, dataFolder, logger })
  const vault = createVault(keys)
  const { catalogue, compiler } = stack.use(
    await openConnectors({ config, bundledFolder: bundledConnectors, store, watch, clock, logger }),
  )
  const connectors = createServedConnectors(catalogue)
  const { allowPrivate, origins, callRates: rates } = config
  const webapps = stack.use(createHosting({ dataFolder, guard: { allowPrivate }, logger, metrics, clock }))
  const invoker = stack.use(
    createInvoker({ allowPrivate, origins, rates, clock, logger, metrics, tracing, webapps }),
  )
  const connections = createConnections({
    store,
    vault,
    connectors,
    clock,
    tester: createTester(invoker),
    moved: moveFeedsOf,
  })
  const bus = stack.use(openBus(config, store, logger))
  const triggers = stack.use(
    createTriggers({
      store,
      seal: vault,
      openConnection: id => connections.open(null, id),
      invoker,
      connectors,
      bus,
      clock,
      logger,
      metrics,
      publicUrl,
      instanceId: `${hostname()}:${process.pid}`,
      settings: {
        leaseSeconds: config.leaseSeconds,
        deliveriesPerSecond: config.webhookRate.perSecond,
        deliveryBurst: config.webhookRate.burst,
      },
    }),
  )
  const imports = createImports({ store, catalogue, triggers, connections })
  const identity = await createIdentity({
    store,
    publicUrl,
    signup: config.signup,
    signingSecret: deriveSecret(keys, 'sign-in'),
    secureCookies: publicUrl.startsWith('https:'),
    clock,
    logger,
  })
  const audit = createAudit(store, clock)
  const services = {
    catalogue,
    imports,
    identity,
    connections,
    audit,
    invoker,
    triggers,
    fileLinks: createFileLinks({ keys, publicUrl, clock }),
    clock,
    logger,
    metrics,
    tracing,
  }
  const gateway = stack.use(
    await createGateway({
      services,
      publicUrl,
      trustedProxies: config.trustedProxies,
      uploadLimits: config.uploadLimits,
      subscriptions: config.subscriptions,
      ping: () => store.ping(),
    }),
  )
  void sealAnew(connections, triggers, logger)
  ending.throwIfAborted()
  const address = await gateway.listen({ host: config.host, port: config.port })
  greet(publicUrl, address, await identity.signupOpen())
  compiler.warm()

  const lost = await Promise.race([aborted(ending), store.lost])
  if (!lost) return 0
  logger.fatal({ error: lost }, 'The hub ends, because its database is not its own any more.')
  return 1
}

/** After a key was added in front: what older keys sealed is sealed again, while everything goes on being used. */
async function sealAnew(connections: Connections, triggers: Triggers, logger: Logger): Promise<void> {
  try {
    const credentials = await connections.reseal()
    const feeds = await triggers.reseal()
    const resealed = credentials.resealed + feeds.resealed
    if (resealed > 0) logger.info({ resealed }, 'What older keys sealed is sealed with the current one.')
    if (credentials.broken.length > 0)
      logger.error(
        { connections: credentials.broken },
        'No key opens these credentials; enter them again, or give the key back.',
      )
    if (feeds.broken.length > 0)
      logger.error(
        { feeds: feeds.broken },
        'No key opens what these feeds keep; give the key back, or delete them and make them again.',
      )
  } catch (error) {
    logger.error({ error }, 'What older keys sealed could not be sealed anew; the next start tries again.')
  }
}

/** Wake-ups between instances: NATS where there is one, else the shared database, else nobody to wake. */
function openBus(config: Config, store: Store, logger: Logger): Bus {
  if (config.natsUrl) return natsBus({ url: config.natsUrl.reveal(), logger })
  return config.databaseUrl ? postgresBus({ pool: store.pool, clock: systemClock, logger }) : inProcessBus()
}

function greet(publicUrl: string, address: string, firstRun: boolean): void {
  const lines = [
    '',
    `  Junctor is at ${publicUrl}${address === publicUrl ? '' : ` (listening on ${address})`}`,
    `  GraphQL       ${publicUrl}/graphql, subscriptions over WebSocket at the same path`,
    firstRun ? '  Open it in a browser and create the first account: it administers this hub.' : '',
    '',
  ]
  process.stdout.write(`${lines.filter((line, index) => line !== '' || index === 0).join('\n')}\n\n`)
}
