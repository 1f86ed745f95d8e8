// The executor with everything counted, timed and, where configured, spanned: one place for both transports. Adds
// `extensions.trace` where the caller asked for it.
import type { ExecutionArgs, ExecutionResult } from 'graphql'
import { getOperationAST } from 'graphql'
import type { Clock } from '../clock.ts'
import type { Metrics, Span, Tracing } from '../telemetry/index.ts'
import { createCallTrace } from './call-trace.ts'
import type { RequestContext } from './context.ts'
import type { Executor, OperationRequest } from './execute.ts'

/** Characters of a name that the caller gave the operation. */
const longestName = 100

interface Options {
  readonly clock: Clock
  readonly metrics: Metrics
  readonly tracing: Tracing | null
}

/** An operation that has begun. */
interface Begun {
  readonly context: RequestContext
  /** The result as it goes to the caller. */
  end<Result extends ExecutionResult>(result: Result): Result
}

export function observedExecutor(executor: Executor, options: Options): Executor {
  const { metrics, clock, tracing } = options
  const prepared = new WeakMap<ExecutionArgs, Begun>()

  function begin({ document, operationName, context }: OperationRequest): Begun {
    const started = clock.now()
    const operation = getOperationAST(document, operationName)
    const type = operation?.operation ?? 'unknown'
    const span = tracing && startSpan(tracing, type, operation?.name?.value, context)
    const trace = context.asked.trace ? createCallTrace() : null
    return {
      context: { ...context, ...(span ? { span } : {}), ...(trace ? { trace } : {}) },
      end(result) {
        const [first] = result.errors ?? []
        const labels = { type, outcome: first ? 'error' : 'ok' }
        metrics.graphqlOperations.inc(labels)
        metrics.graphqlSeconds.observe(labels, (clock.now() - started) / 1_000)
        span?.end({}, first ? String(first.extensions.code ?? 'INTERNAL') : null)
        return trace && result.data !== undefined
          ? { ...result, extensions: { ...result.extensions, trace: trace.report() } }
          : result
      },
    }
  }

  return {
    async prepare(request) {
      const begun = begin(request)
      const ready = await executor.prepare({ ...request, context: begun.context })
      if ('errors' in ready) begun.end(ready)
      else prepared.set(ready.arguments, begun)
      return ready
    },
    async query(request) {
      const begun = begin(request)
      return begun.end(await executor.query({ ...request, context: begun.context }))
    },
    compiled(request) {
      const run = executor.compiled(request)
      return (
        run &&
        (async context => {
          const begun = begin({ ...request, context })
          return begun.end(await run(begun.context))
        })
      )
    },
    async run(ready) {
      const result = await executor.run(ready)
      return prepared.get(ready)?.end(result) ?? result
    },
    async subscribe(ready, sink) {
      const opened = await executor.subscribe(ready, sink)
      // A stream of events may stay open for days: what is observed is that it opened.
      prepared.get(ready)?.end(Symbol.asyncIterator in opened ? {} : opened)
      return opened
    },
  }
}

/** GraphQL server spans of OpenTelemetry's semantic conventions, without the document: it has arguments in it. */
function startSpan(
  tracing: Tracing,
  type: string,
  name: string | undefined,
  { asked }: RequestContext,
): Span {
  return tracing.start(
    {
      name: type,
      kind: 'server',
      attributes: {
        'graphql.operation.type': type,
        ...(name === undefined ? {} : { 'graphql.operation.name': name.slice(0, longestName) }),
      },
    },
    asked.traceparent,
  )
}
