// The page's way to the graph: queries and mutations over HTTP, subscriptions over one graphql-ws socket.
// Both carry the session cookie and nothing else.
import type { Fetcher } from '@graphiql/toolkit'
import type { ExecutionResult } from 'graphql'
import { createClient } from 'graphql-ws'
import type { z } from 'zod'
import { faultsOf, isGraphResult } from './graph-result.ts'
import { callHub, HubError, hubUrl } from './hub-error.ts'
import { operationToRun } from './operations-of.ts'
import { resumable } from './resumable.ts'

export interface Graph {
  /** What GraphiQL runs its operations with. */
  readonly fetcher: Fetcher
  /** Runs one of the page's own documents. Throws a HubError with the messages of the answer's errors. */
  ask<T>(document: string, variables: Record<string, unknown>, data: z.ZodType<T>): Promise<T>
}

/** `onUnauthenticated` is told whenever the hub no longer knows the session. */
export function createGraph({ onUnauthenticated }: { onUnauthenticated: () => void }): Graph {
  const socketUrl = hubUrl('graphql')
  socketUrl.protocol = socketUrl.protocol.replace('http', 'ws')
  // A retry would go on without the events that came in between; `resumable` says how to go on instead.
  const socket = createClient({ url: socketUrl.href, retryAttempts: 0 })

  const post = async (body: object): Promise<ExecutionResult> => {
    const response = await callHub('graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
    })
    const result: unknown = await response.json().catch(() => null)
    if (!isGraphResult(result))
      throw new HubError(`The hub answered with status ${response.status} and no GraphQL result.`)
    if (response.status === 401 || faultsOf(result).codes.includes('UNAUTHENTICATED')) onUnauthenticated()
    return result
  }

  return {
    fetcher({ query, variables, operationName: chosen }) {
      const { subscription, operationName } = operationToRun(query, chosen)
      const request = { query, variables, operationName }
      return subscription ? resumable(socket.iterate(request), onUnauthenticated) : post(request)
    },
    async ask(document, variables, data) {
      const result = await post({ query: document, variables })
      const { messages } = faultsOf(result)
      if (messages.length > 0) throw new HubError(messages.join(' '))
      return data.parse(result.data)
    },
  }
}
