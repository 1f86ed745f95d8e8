// The short way for what most requests are: a document that was answered before, asked by POST as JSON, and compiled.
// The answer is the same as Apollo Server's, whose pipeline was an eighth of the hub's time for a small object, by a
// profile. What is not plainly such a request goes through Apollo: it alone knows every case of GraphQL over HTTP.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { DocumentNode } from 'graphql'
import { isJsonObject, printJson } from '../../json.ts'
import { asksTrace, type RequestContext } from '../context.ts'
import { formatError } from '../errors.ts'
import type { Executor } from '../execute.ts'

interface Options {
  readonly executor: Pick<Executor, 'compiled'>
  /** A document that was parsed before, by its text. */
  readonly documentOf: (text: string) => DocumentNode | undefined
}

/** The answer's text, with status and type put into the reply; null where Apollo must answer, and nothing has run. */
export type FastPath = (
  request: FastifyRequest,
  reply: FastifyReply,
  contextOf: () => Promise<RequestContext>,
) => Promise<string | null>

interface Asked {
  readonly document: DocumentNode
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>> | undefined
  readonly trace: boolean
}

/** Media types that are asked for in so many words, and mean JSON. */
const plainAccepts = new Set([undefined, '*/*', 'application/json', 'application/json, text/plain, */*'])
const jsonTypes = new Set([
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=utf-8',
])

export function createFastPath({ executor, documentOf }: Options): FastPath {
  function askedBy({ method, headers, body }: FastifyRequest): Asked | null {
    if (method !== 'POST' || !plainAccepts.has(headers.accept)) return null
    if (!jsonTypes.has(headers['content-type']?.toLowerCase() ?? '') || !isObject(body)) return null
    const { query, operationName, variables, extensions } = body
    const document = typeof query === 'string' ? documentOf(query) : undefined
    if (!document || !isNameOrNone(operationName)) return null
    if (!isObjectOrNone(variables) || !isObjectOrNone(extensions) || extensions?.persistedQuery) return null
    return {
      document,
      operationName: operationName ?? undefined,
      variables: variables ?? undefined,
      trace: asksTrace(extensions),
    }
  }

  return async (request, reply, contextOf) => {
    const asked = askedBy(request)
    if (!asked) return null
    // Why there is none, Apollo hears from the same promise, and tells.
    const plain = await contextOf().catch(() => null)
    if (!plain) return null
    const context = asked.trace ? { ...plain, asked: { ...plain.asked, trace: true } } : plain
    const run = executor.compiled({ ...asked, context })
    if (!run) return null
    const { errors, data, extensions } = await run(context)
    // A request that ran nothing, as Apollo is told of it (apollo.ts).
    void reply.code(data === undefined ? 400 : 200).header('content-type', 'application/json; charset=utf-8')
    return printJson({ errors: errors?.map(formatError), data, extensions })
  }
}

const isObject: (value: unknown) => value is Readonly<Record<string, unknown>> = isJsonObject

function isObjectOrNone(value: unknown): value is Readonly<Record<string, unknown>> | null | undefined {
  return value === undefined || value === null || isObject(value)
}

function isNameOrNone(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || (typeof value === 'string' && value !== '')
}
