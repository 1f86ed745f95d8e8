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
  const answers = createMade<InvocationResult>()
  const opened = createMade<OpenedCall>()

  function once<T>(
    made: Made<T>,
    invocation: Invocation,
    limit: number | null,
    make: () => Promise<T>,
  ): Promise<T> {
    const { definition, operation, url } = invocation
    if (!operation.safe || url !== undefined) return make()
    const known = made.like(invocation, limit)
    if (known !== undefined) {
      metrics.upstreamSharedCalls.inc({ connector: metrics.connectorLabel(definition.name) })
      return known
    }
    const answer = make()
    made.add(invocation, limit, answer)
    return answer
  }

  return {
    call: invocation => once(answers, invocation, null, () => invoker.call(invocation)),
    pages: (invocation, limit) =>
      once(answers, invocation, limit, () => callPages(invoker, invocation, limit)),
    open: invocation => once(opened, invocation, null, () => invoker.open(invocation)),
  }
}

/** The calls that were made, to be found by what was asked. */
interface Made<T> {
  like(invocation: Invocation, limit: number | null): Promise<T> | undefined
  add(invocation: Invocation, limit: number | null, answer: Promise<T>): void
}

function createMade<T>(): Made<T> {
  /** By the operation's id. */
  const calls = new Map<string, { key(): string; readonly answer: Promise<T> }[]>()
  const byKey = new Map<string, Promise<T>>()
  return {
    like(invocation, limit) {
      const before = calls.get(invocation.operation.id)
      // Most operations call each of theirs once: what was asked is printed when there is something to compare it with.
      if (!before) return undefined
      for (const call of before.splice(0)) byKey.set(call.key(), call.answer)
      return byKey.get(keyOf(invocation, limit))
    },
    add(invocation, limit, answer) {
      const waiting = calls.get(invocation.operation.id) ?? []
      calls.set(invocation.operation.id, waiting)
      waiting.push({ key: () => keyOf(invocation, limit), answer })
    },
  }
}

function keyOf({ definition, operation, connection, ...asked }: Invocation, limit: number | null): string {
  const { name, hash } = definition
  return printJson([name, hash, operation.id, connection?.id ?? null, limit, asked.arguments])
}
