// GraphQL over server-sent events, for clients that cannot hold a WebSocket: the distinct connections mode of
// graphql-sse (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md), whose own handler knows neither
// event ids nor payloads that are shared.
import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type GraphQLError, getOperationAST } from 'graphql'
import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import { JunctorError } from '../../errors.ts'
import type { Identity } from '../../identity/index.ts'
import type { SharedCalls } from '../../invocation/index.ts'
import { parseJson, printJson } from '../../json.ts'
import { asksTrace, type RequestContext, type Scope, signInFirst } from '../context.ts'
import { createDocuments } from '../documents.ts'
import { type ErrorPresenter, formatError } from '../errors.ts'
import type { Executor, Prepared } from '../execute.ts'
import { eventStreamSink } from './event-stream-sink.ts'
import { headersOf } from './headers.ts'
import { createStreamCount } from './open-streams.ts'
import type { WatchSession } from './session-watch.ts'

/** From one sign of life to the next: less than what proxies wait for. */
const keepAliveMilliseconds = 20_000
/** Until a client that takes nothing is cut off, after it was told. */
const cutMilliseconds = 10_000

interface Options {
  readonly executor: Executor
  readonly identity: Identity
  readonly present: ErrorPresenter
  readonly clock: Clock
  readonly watchSession: WatchSession
  /** Streams that one person has open at once. */
  readonly most: number
  /** For one operation. */
  readonly shareCalls: () => SharedCalls
}

export interface EventStreams {
  /** Answers a request that `wantsEvents`. */
  answer(request: FastifyRequest, reply: FastifyReply, scope: Scope): Promise<void>
  /** The hub is going away: ends all, so that clients reconnect. */
  end(): void
}

const asked = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  extensions: z.record(z.string(), z.unknown()).nullish(),
})
const jsonText = z.string().transform((text, context) => {
  try {
    return parseJson(text) as unknown
  } catch {
    context.addIssue({ code: 'custom', message: 'must be JSON' })
    return z.NEVER
  }
})
const inUrl = asked.extend({ variables: jsonText.pipe(z.record(z.string(), z.unknown())).optional() })

export function wantsEvents(request: FastifyRequest): boolean {
  return /\btext\/event-stream\b/.test(request.headers.accept ?? '')
}

export function createEventStreams(options: Options): EventStreams {
  const { executor, identity, present, clock } = options
  const documents = createDocuments()
  const open = new Set<() => void>()
  const count = createStreamCount(options.most)

  async function prepare(request: FastifyRequest, context: RequestContext): Promise<Prepared> {
    const parsed = request.method === 'GET' ? inUrl.safeParse(request.query) : asked.safeParse(request.body)
    if (!parsed.success) throw malformed(parsed.error)
    const { query, operationName, variables, extensions } = parsed.data
    const document = documents(query)
    if (request.method === 'GET' && getOperationAST(document, operationName)?.operation === 'mutation')
      throw new JunctorError('BAD_INPUT', 'A mutation is asked by POST.')
    return executor.prepare({
      document,
      operationName: operationName ?? undefined,
      variables: variables ?? undefined,
      context: {
        ...context,
        asked: { ...context.asked, trace: context.asked.trace || asksTrace(extensions) },
      },
    })
  }

  async function run(prepared: Prepared, response: ServerResponse, end: () => void, gone: AbortSignal) {
    if ('errors' in prepared) return writeErrors(response, prepared.errors)
    const { document, operationName } = prepared.arguments
    const subscribes = getOperationAST(document, operationName)?.operation === 'subscription'
    const result = subscribes
      ? await executor.subscribe(prepared.arguments, eventStreamSink(response, end))
      : await executor.run(prepared.arguments)
    if (!(Symbol.asyncIterator in result)) return writeResult(response, result)
    const stop = () => void result.return()
    gone.addEventListener('abort', stop, { once: true })
    if (gone.aborted) stop()
    await result.next()
  }

  return {
    async answer(request, reply, scope) {
      if (!preflighted(request)) return refuse(reply)
      reply.hijack()
      const response = reply.raw
      const gone = new AbortController()
      const headers = headersOf(request.headers)
      const end = (): void => {
        response.end()
        clock.after(cutMilliseconds, () => response.destroy())
      }
      begin(response)
      const cancels = [keepAlive(response, clock)]
      open.add(end)
      response.once('close', () => {
        gone.abort()
        open.delete(end)
        for (const cancel of cancels) cancel()
      })
      try {
        const actorNow = () => identity.authenticate(headers)
        const actor = await actorNow()
        const sessionEnded = () => {
          writeErrors(response, [present(signInFirst())])
          writeComplete(response)
          end()
        }
        if (actor && !response.destroyed) {
          cancels.push(count(actor.userId))
          cancels.push(options.watchSession(actor, headers, sessionEnded))
        }
        const resumeAfter = headers.get('last-event-id')
        const prepared = await prepare(request, {
          actor,
          actorNow,
          scope,
          calls: options.shareCalls(),
          signal: gone.signal,
          asked: { traceparent: headers.get('traceparent'), trace: headers.get('x-junctor-trace') === '1' },
          ...(resumeAfter ? { resumeAfter } : {}),
        })
        await run(prepared, response, end, gone.signal)
      } catch (error) {
        writeErrors(response, [present(error)])
      }
      if (response.writableEnded) return
      writeComplete(response)
      end()
    },
    end() {
      for (const each of open) each()
    },
  }
}

/**
 * What a foreign page cannot send unasked, as for POST (connector-platforms G3): a content type that needs a preflight,
 * a header that does, or what the browser itself says of a page of this hub.
 */
function preflighted({ headers }: FastifyRequest): boolean {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== undefined && !simpleTypes.has(type)) return true
  if (headers['x-apollo-operation-name'] || headers['apollo-require-preflight']) return true
  return headers['sec-fetch-site'] === 'same-origin'
}

const simpleTypes: ReadonlySet<string> = new Set([
  '',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
])

function refuse(reply: FastifyReply): void {
  const message =
    'This could be a request that a foreign page makes: send `content-type: application/json`, or a header `apollo-require-preflight`.'
  void reply.status(400).send({ errors: [{ message, extensions: { code: 'BAD_INPUT' } }] })
}

function begin(response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // nginx would gather events before it sends them on.
    'x-accel-buffering': 'no',
  })
  response.write(':\n\n')
}

/** Stops when it is called, or by itself once the response has ended. */
function keepAlive(response: ServerResponse, clock: Clock): () => void {
  let cancel = clock.after(keepAliveMilliseconds, beat)
  function beat(): void {
    if (response.writableEnded) return
    if (response.writableLength === 0) response.write(':\n\n')
    cancel = clock.after(keepAliveMilliseconds, beat)
  }
  return () => cancel()
}

function writeResult(response: ServerResponse, result: object): void {
  if (!response.writableEnded) response.write(`event: next\ndata: ${printJson(result)}\n\n`)
}

function writeErrors(response: ServerResponse, errors: readonly GraphQLError[]): void {
  writeResult(response, { errors: errors.map(error => formatError(error)) })
}

function writeComplete(response: ServerResponse): void {
  if (!response.writableEnded) response.write('event: complete\ndata:\n\n')
}

function malformed(error: z.ZodError): JunctorError {
  const [issue] = error.issues
  return new JunctorError(
    'BAD_INPUT',
    `The request needs \`query\`, and may have \`operationName\`, \`variables\` and \`extensions\`: ${issue?.path.join('.')} ${issue?.message}.`,
  )
}
