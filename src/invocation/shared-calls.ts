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
    const { answer, shared } = made.of(invocation, limit, make)
    if (shared) metrics.upstreamSharedCalls.inc({ connector: metrics.connectorLabel(definition.name) })
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
  /** The answer to the same call made before, or else to the one that `make` makes. */
  of(
    invocation: Invocation,
    limit: number | null,
    make: () => Promise<T>,
  ): { readonly answer: Promise<T>; readonly shared: boolean }
}

function createMade<T>(): Made<T> {
  /** The only call of an operation so far, by the operation's id: what it asked is not printed yet. */
  const only = new Map<string, { readonly key: () => string; readonly answer: Promise<T> }>()
  const several = new Set<string>()
  const byKey = new Map<string, Promise<T>>()
  return {
    of(invocation, limit, make) {
      const { id } = invocation.operation
      const first = only.get(id)
      if (!first && !several.has(id)) {
        const answer = make()
        only.set(id, { key: () => keyOf(invocation, limit), answer })
        return { answer, shared: false }
      }
      // Most operations call each of theirs once: there is something to compare with from the second on.
      if (first) byKey.set(first.key(), first.answer)
      only.delete(id)
      several.add(id)
      const key = keyOf(invocation, limit)
      const known = byKey.get(key)
      if (known !== undefined) return { answer: known, shared: true }
      const answer = make()
      byKey.set(key, answer)
      return { answer, shared: false }
    },
  }
}

function keyOf({ definition, operation, connection, ...asked }: Invocation, limit: number | null): string {
  const { name, hash } = definition
  return printJson([name, hash, operation.id, connection?.id ?? null, limit, asked.arguments])
}
