// Identical safe calls of one GraphQL operation, made once. What is shared belongs to one request of one caller, and to
// one connection: an answer never reaches another authority.
import { printJson } from '../json.ts'
import type { Metrics } from '../telemetry/index.ts'
import type { Invocation, InvocationResult, Invoker, OpenedCall } from './invocation.ts'
import { callPages } from './pages.ts'

export interface SharedCalls extends Pick<Invoker, 'call' | 'open'> {
  /** As `callPages`; shared with calls for as many items only. */
  pages(invocation: Invocation, limit: number): Promise<InvocationResult>
}

/** For one GraphQL operation: its answers are kept as long as what this returns. */
export function shareCalls(invoker: Pick<Invoker, 'call' | 'open'>, metrics: Metrics): SharedCalls {
  const answers = new Map<string, Promise<InvocationResult>>()
  const opened = new Map<string, Promise<OpenedCall>>()

  function once<T>(
    made: Map<string, Promise<T>>,
    invocation: Invocation,
    limit: number | null,
    make: () => Promise<T>,
  ): Promise<T> {
    const { definition, operation, connection, url } = invocation
    if (!operation.safe || url !== undefined) return make()
    const { name, hash } = definition
    const key = printJson([name, hash, operation.id, connection?.id ?? null, limit, invocation.arguments])
    const known = made.get(key)
    if (known !== undefined) {
      metrics.upstreamSharedCalls.inc({ connector: metrics.connectorLabel(name) })
      return known
    }
    const answer = make()
    made.set(key, answer)
    return answer
  }

  return {
    call: invocation => once(answers, invocation, null, () => invoker.call(invocation)),
    pages: (invocation, limit) =>
      once(answers, invocation, limit, () => callPages(invoker, invocation, limit)),
    open: invocation => once(opened, invocation, null, () => invoker.open(invocation)),
  }
}
