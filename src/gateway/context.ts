// What one GraphQL request carries through its resolvers.

import { JunctorError } from '../errors.ts'
import type { Actor } from '../identity/index.ts'
import type { SharedCalls } from '../invocation/index.ts'
import type { Span } from '../telemetry/index.ts'
import type { CallTrace } from './call-trace.ts'

/** What a request may reach: the whole graph, or one connector's subgraph. `named` widens introspection. */
export type Scope =
  | { readonly kind: 'graph'; readonly named: readonly string[] }
  | { readonly kind: 'subgraph'; readonly connector: string }

export interface RequestContext {
  /** Null when signed out. */
  readonly actor: Actor | null
  /** The caller as they are now, for what outlives a moment: null when the session has ended. Remembered for seconds. */
  readonly actorNow: () => Promise<Actor | null>
  readonly scope: Scope
  /** The calls of this operation: identical safe ones are made once. */
  readonly calls: SharedCalls
  /** Aborts when the caller goes away. */
  readonly signal: AbortSignal
  readonly asked: Asked
  /** The cursor that the transport says this subscription goes on behind; it wins over `after`. */
  readonly resumeAfter?: string
  /** The span of the operation that runs; absent where no spans are made. */
  readonly span?: Span
  /** Where the calls of the operation that runs are written down; absent where nobody asked. */
  readonly trace?: CallTrace
}

/** What a request says about tracing. */
export interface Asked {
  /** W3C Trace Context: the span that the caller makes this request in. */
  readonly traceparent: string | null
  /** The caller wants to see the calls that its fields made. */
  readonly trace: boolean
}

/** What a request asks in its `extensions`. */
export function asksTrace(extensions: Readonly<Record<string, unknown>> | null | undefined): boolean {
  return extensions?.trace === true
}

/** The caller. Throws UNAUTHENTICATED when signed out. */
export function signedIn(context: Pick<RequestContext, 'actor'>): Actor {
  if (context.actor) return context.actor
  throw signInFirst()
}

export function signInFirst(): JunctorError {
  return new JunctorError(
    'UNAUTHENTICATED',
    'Sign in first: with a session cookie, `Authorization: Bearer <token>`, or an API key in `x-api-key`.',
  )
}
