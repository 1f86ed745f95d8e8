// One connector served as the hub serves it: a slice, the executor that validates and runs documents on it, and the
// real invoker, whose calls go to the stand-in. Only the store is not there: the connection is handed over open.
import { type ExecutionResult, parse } from 'graphql'
import { systemClock } from '../../../src/clock.ts'
import type { OpenConnection } from '../../../src/connections/index.ts'
import { createOperationCaller } from '../../../src/gateway/call-operation.ts'
import type { Compiled } from '../../../src/gateway/catalogue/compiled.ts'
import type { CreateDeliver } from '../../../src/gateway/delivery/delivery.ts'
import { createErrorPresenter } from '../../../src/gateway/errors.ts'
import { createExecutor, type OperationRequest } from '../../../src/gateway/execute.ts'
import { readHubSdl } from '../../../src/gateway/index.ts'
import type { createTriggerOpener } from '../../../src/gateway/open-trigger.ts'
import { buildSlice, type Slice } from '../../../src/gateway/slices/slice.ts'
import { connectorBase } from '../../../src/gateway/slices/subgraph-base.ts'
import { createInvoker, type Invoker, shareCalls } from '../../../src/invocation/index.ts'
import { parseJson } from '../../../src/json.ts'
import { createLogger, createMetrics } from '../../../src/telemetry/index.ts'
import { collectingSink } from './collecting-sink.ts'

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
  /** Opens a trigger; the outcome where that fails. */
  subscribe(
    text: string,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<AsyncIterable<Outcome> | Outcome>
}

/** Opens a connector's triggers, and delivers their events. */
export interface Subscribing {
  readonly open: ReturnType<typeof createTriggerOpener>
  readonly deliver: CreateDeliver
}

const nothingSubscribed: Subscribing = {
  open: () => null,
  deliver: () => () => {
    throw new Error('Nothing is subscribed to here.')
  },
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
  subscribing: Subscribing = nothingSubscribed,
): ServedConnector {
  const operations = compiled.artifact?.operations ?? []
  const entry = { name, origin: { kind: 'bundled', folder: '' } } as const
  const slice = buildSlice(name, connectorBase(hub, operations), [{ ...compiled, entry, status: 'READY' }])
  const executor = createExecutor({
    knownSlice: () => null,
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
      // Webhook actions are called by the triggers, and in their tests.
      triggers: { ask: async () => Promise.reject(new Error('No webhook action is called here.')) },
    }),
    ...subscribing,
    sdl: () => '',
    present,
  })
  const { signal } = new AbortController()
  const request = (text: string, variables: Readonly<Record<string, unknown>>): OperationRequest => ({
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
  return {
    slice,
    run: async (text, variables) => outcomeOf(await executor.query(request(text, variables))),
    async subscribe(text, variables) {
      const prepared = await executor.prepare(request(text, variables))
      if ('errors' in prepared) return outcomeOf(prepared)
      const sink = collectingSink(json => parseJson(json) as ExecutionResult)
      const opened = await executor.subscribe(prepared.arguments, sink)
      return Symbol.asyncIterator in opened ? outcomes(sink.results(opened)) : outcomeOf(opened)
    },
  }
}

async function* outcomes(results: AsyncIterableIterator<ExecutionResult>): AsyncGenerator<Outcome> {
  for await (const result of results) yield outcomeOf(result)
}

function outcomeOf({ data, errors = [] }: ExecutionResult): Outcome {
  const told = errors.map(({ message, extensions }) => ({ code: String(extensions.code ?? 'NONE'), message }))
  return { data, errors: told }
}

export const caller = {
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
