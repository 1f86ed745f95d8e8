// The page's way to the graph: queries and mutations over HTTP, subscriptions over one graphql-ws socket.
// Both carry the session cookie and nothing else.
import type { Fetcher } from '@graphiql/toolkit'
import { getOperationAST } from 'graphql'
import { createClient } from 'graphql-ws'
import { z } from 'zod'
import { callHub, HubError, hubUrl } from './hub-error.ts'
import { resumable } from './resumable.ts'

export interface Graph {
  /** What GraphiQL runs its operations with. */
  readonly fetcher: Fetcher
  /** Runs one of the page's own documents. Throws a HubError with the messages of the answer's errors. */
  ask<T>(document: string, variables: Record<string, unknown>, data: z.ZodType<T>): Promise<T>
}

const answer = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(
      z.looseObject({
        message: z.string(),
        extensions: z.looseObject({ code: z.string().optional() }).optional(),
      }),
    )
    .optional(),
})

/** `onUnauthenticated` is told whenever the hub no longer knows the session. */
export function createGraph({ onUnauthenticated }: { onUnauthenticated: () => void }): Graph {
  const socketUrl = hubUrl('graphql')
  socketUrl.protocol = socketUrl.protocol.replace('http', 'ws')
  // A retry would resume the subscription without the events that came in between; `resumable` says how to go on instead.
  const socket = createClient({ url: socketUrl.href, retryAttempts: 0, lazyCloseTimeout: 5_000 })

  const post = async (body: object) => {
    const response = await callHub('graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
    })
    const parsed = answer.safeParse(await response.json().catch(() => null))
    if (!parsed.success) throw new HubError(`The hub answered with status ${response.status} and no GraphQL result.`)
    const codes = parsed.data.errors?.map(error => error.extensions?.code) ?? []
    if (response.status === 401 || codes.includes('UNAUTHENTICATED')) onUnauthenticated()
    return parsed.data
  }

  return {
    fetcher(parameters, options) {
      const operation = options?.documentAST && getOperationAST(options.documentAST, parameters.operationName)
      if (operation?.operation !== 'subscription') return post(parameters)
      const { query, variables, operationName } = parameters
      return resumable(
        socket.iterate({ query, variables, ...(operationName ? { operationName } : {}) }),
        onUnauthenticated,
      )
    },
    async ask(document, variables, data) {
      const { errors, data: value } = await post({ query: document, variables })
      if (errors) throw new HubError(errors.map(error => error.message).join(' '))
      return data.parse(value)
    },
  }
}
