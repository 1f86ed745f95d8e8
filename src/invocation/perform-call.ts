// One call from its arguments to its answer (connector-format §4.2): build, credential, request policies, send,
// decode, response policies.
import type { Clock } from '../clock.ts'
import type { Schema } from '../definition/index.ts'
import { JunctorError } from '../errors.ts'
import { applyCredential } from './credentials/index.ts'
import type { Substitutes } from './egress/substitutes.ts'
import { throughHooks } from './hooks/index.ts'
import { carriesIdempotencyKey, withIdempotencyKey, withoutIdempotencyKey } from './idempotency-key.ts'
import { Bytes, type Invocation, type InvocationResult, type WebappSockets } from './invocation.ts'
import {
  type Answer,
  applyRequestPolicies,
  applyResponsePolicies,
  type PolicyCall,
} from './policies/index.ts'
import { assertAddressed } from './request/base-url.ts'
import { buildDraft } from './request/build.ts'
import { makeConditional } from './request/conditional.ts'
import type { Draft } from './request/draft.ts'
import { setHeader } from './request/headers.ts'
import { planOf } from './request/plan.ts'
import { followedUrl, ownUrl } from './request/target.ts'
import { wireRequest } from './request/wire-request.ts'
import { decodeBody } from './response/decode.ts'
import type { Redactor } from './response/redactor.ts'
import { upstreamError } from './response/upstream-error.ts'
import { callerOf, type Kindness } from './transport/kindness.ts'
import type { Limits } from './transport/limits.ts'
import type { OpenBody } from './transport/open-body.ts'
import type { Upstream } from './transport/upstream.ts'
import type { WebappTransport } from './transport/webapp.ts'
import type { Send } from './transport/wire.ts'

export interface CallMeans {
  readonly upstream: Pick<Upstream, 'send'>
  readonly webapps: Pick<WebappTransport, 'sender'>
  readonly hooks: WebappSockets
  readonly limits: Limits
  readonly substitutes: Substitutes
  readonly clock: Clock
  readonly kindness: Kindness
  readonly newIdempotencyKey: () => string
}

/** Whether the body of the answer is read, or left for whoever wants it. */
export type BodyWish = 'read' | 'left'

/** `left` where the body was left; `body` is empty Bytes then. A hook's answer is read in any case. */
export interface Performed extends InvocationResult {
  readonly left?: OpenBody
}

/** Throws JunctorError as `Invoker.call` says, without connector and operation; rejects with the signal's reason. */
export async function performCall(
  invocation: Invocation,
  means: CallMeans,
  redactor: Redactor,
  signal: AbortSignal,
  wish: BodyWish = 'read',
): Promise<Performed> {
  signal.throwIfAborted()
  const { definition, operation, connection } = invocation
  assertRunnable(invocation)
  const { draft, pathValues } = buildDraft(withIdempotencyKey(invocation, means.newIdempotencyKey))
  if (invocation.range !== undefined) askForPart(draft, invocation.range)
  const isConditional = makeConditional(draft, invocation.ifNoneMatch)
  const hosted = definition.webapp !== null
  if (connection && !operation.anonymous && !hosted) applyCredential(connection, draft)
  const hooked = throughHooks(invocation, draft, means)

  const deliver = async (
    ready: Draft,
    url: URL,
    response: Schema | null,
    accept: readonly number[],
    send: Send = sender(invocation, ready, means),
    leaveBody = false,
  ): Promise<Performed> => {
    const request = wireRequest(ready, url)
    const answer = await send(leaveBody ? { ...request, leaveBody } : request, signal)
    if (!isSuccess(answer.status) && !accept.includes(answer.status))
      throw upstreamError(answer, { definition, operation }, redactor, means.clock)
    const contentType = answer.headers['content-type'] ?? ''
    const { status, headers, url: answeredBy, left } = answer
    if (left) return { status, headers, body: new Bytes(contentType, answer.body), url: answeredBy, left }
    const body = decodeBody({ contentType, body: answer.body }, response, definition.schemas)
    return { status, headers, body, url: answeredBy }
  }

  const call: PolicyCall = {
    connection,
    draft,
    pathValues,
    followed: invocation.url !== undefined,
    hostOpen: !hosted && !connection?.baseUrl,
    async send(side) {
      assertAddressed(side.base, definition, connection)
      const { status, headers, body } = await deliver(withoutIdempotencyKey(side), ownUrl(side), null, [])
      return { status, headers: { ...headers }, body }
    },
  }
  if (definition.policies.length > 0) await applyRequestPolicies(definition, operation, call)
  const plan = planOf(definition, operation)
  // Most bases are the package's own, of which this is known.
  if (!hosted && !(plan.isAddressed && draft.base === plan.base))
    assertAddressed(draft.base, definition, connection)
  const url =
    invocation.url === undefined ? ownUrl(draft) : followedUrl(invocation.url, draft, means.substitutes)
  const { response } = operation
  const accept = [...(invocation.accept ?? []), ...(isConditional ? [304] : [])]
  const result = await deliver(draft, url, response, accept, hooked, wish === 'left')
  if (!isSuccess(result.status)) return result
  if (definition.policies.length === 0) return result
  const answer: Answer = { status: result.status, headers: { ...result.headers }, body: result.body }
  applyResponsePolicies(definition, operation, call, answer)
  return { ...result, ...answer }
}

/** Uncompressed, since the parts of a compressed body are parts of what is compressed (RFC 9110 §14.1.2). */
function askForPart(draft: Draft, range: string): void {
  // A part of the part that the arguments ask for is nothing that HTTP can say.
  if (draft.headers.has('range')) return
  setHeader(draft, 'range', range, 'package')
  setHeader(draft, 'accept-encoding', 'identity', 'package')
}

function assertRunnable({ definition, operation, connection }: Invocation): void {
  if (operation.scripted && definition.webapp === null)
    throw new JunctorError(
      'SCRIPT_REQUIRED',
      `${operation.id} of ${definition.title} runs through a C# script, which the hub does not execute; put a hooks.ts beside the script that stands in for it as it is now (README, Hooks), or use another operation.`,
    )
  // A defence in depth: whoever opens connections picks them by connector already.
  if (connection && connection.connector !== definition.name)
    throw new JunctorError(
      'FORBIDDEN',
      `The connection belongs to ${connection.connector} and is not used for ${definition.name}; choose a connection of ${definition.name}.`,
    )
}

function sender(invocation: Invocation, draft: Draft, means: CallMeans): Send {
  const { definition, operation, connection } = invocation
  if (definition.webapp !== null) return means.webapps.sender(definition, connection)
  // A policy may have made another method of a safe operation's.
  const safe =
    draft.method === 'GET' || draft.method === 'HEAD' || (operation.safe && draft.method === operation.method)
  const repeatable = safe || carriesIdempotencyKey(invocation, draft)
  return means.kindness.sender(means.upstream.send, callerOf(invocation), { repeatable })
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}
