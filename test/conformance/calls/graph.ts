// One connector served as the hub serves it: a slice, the executor that validates and runs documents on it, and the
// real invoker, whose calls go to the stand-in. Only the store is not there: the connection is handed over open.
import { parse } from 'graphql'
import { systemClock } from '../../../src/clock.ts'
import type { OpenConnection } from '../../../src/connections/index.ts'
import { createOperationCaller } from '../../../src/gateway/call-operation.ts'
import type { Compiled } from '../../../src/gateway/catalogue/compiled.ts'
import { createErrorPresenter } from '../../../src/gateway/errors.ts'
import { createExecutor } from '../../../src/gateway/execute.ts'
import { readHubSdl } from '../../../src/gateway/index.ts'
import { buildSlice, type Slice } from '../../../src/gateway/slices/slice.ts'
import { connectorBase } from '../../../src/gateway/slices/subgraph-base.ts'
import { createInvoker, type Invoker, shareCalls } from '../../../src/invocation/index.ts'
import { createLogger, createMetrics } from '../../../src/telemetry/index.ts'

const logger = createLogger('silent', { write: () => {} })
const hub = parse(readHubSdl(), { noLocation: true })
const metrics = createMetrics()
const present = createErrorPresenter(logger)

/** Every host is the stand-in at `origin`. */
export function openInvoker(origin: string): Invoker {
  return createInvoker({
    allowPrivate: [],
    origins: [{ from: '*', to: origin }],
    clock: systemClock,
    logger,
    metrics,
    webapps: { socketPath: () => Promise.reject(new Error('There is no webapp in the corpus.')) },
  })
}

export interface ServedConnector {
  readonly slice: Slice
  run(text: string, variables: Readonly<Record<string, unknown>>): Promise<Outcome>
}

export interface Outcome {
  readonly data: unknown
  /** Codes and messages. */
  readonly errors: readonly { readonly code: string; readonly message: string }[]
}

export function serve(
  name: string,
  compiled: Compiled,
  connectionNow: () => OpenConnection | null,
  invoker: Invoker,
): ServedConnector {
  const operations = compiled.artifact?.operations ?? []
  const entry = { name, origin: { kind: 'bundled', folder: '' } } as const
  const slice = buildSlice(name, connectorBase(hub, operations), [{ ...compiled, entry, status: 'READY' }])
  const executor = createExecutor({
    sliceOf: async () => slice,
    hub: {},
    call: createOperationCaller({
      connections: {
        async use() {
          const open = connectionNow()
          return open && { organizationId: '', open }
        },
        roleOf: async () => 'OWN',
      },
      invoker,
      audit: { append: async () => {} },
      fileLinks: { link: () => null },
    }),
    open: () => null,
    sdl: () => '',
    present,
  })
  const { signal } = new AbortController()
  return {
    slice,
    async run(text, variables) {
      const result = await executor.query({
        document: parse(text, { noLocation: true }),
        operationName: undefined,
        variables,
        context: {
          actor: caller,
          actorNow: async () => caller,
          scope: { kind: 'subgraph', connector: name },
          calls: shareCalls(invoker, metrics),
          asked: { traceparent: null, trace: false },
          signal,
        },
      })
      const errors = (result.errors ?? []).map(({ message, extensions }) => ({
        code: String(extensions.code ?? 'NONE'),
        message,
      }))
      return { data: result.data, errors }
    },
  }
}

const caller = {
  userId: 'ada',
  email: 'ada@example.com',
  name: 'Ada',
  admin: false,
  organizationId: 'organization',
  organizationIds: ['organization'],
  teamIds: [],
  sessionId: 'session',
  expiresAt: Number.MAX_SAFE_INTEGER,
}
