// A subscription that says, when its socket is lost, from which cursor it can go on: a silent gap would be worse.
import type { ExecutionResult } from 'graphql'
import { z } from 'zod'
import { isGraphResult } from './graph-result.ts'
import { HubError } from './hub-error.ts'

// Close codes of the graphql-ws protocol, and HTTP's 401 and 403 as 44xx.
const sessionEnded = new Set([4401, 4403])

/**
 * Passes `results` through and turns the end of their socket into a sentence. Not an async generator: its `return`
 * would wait for the next event before it unsubscribes.
 */
export function resumable(
  results: AsyncIterableIterator<unknown>,
  onUnauthenticated: () => void,
): AsyncIterableIterator<ExecutionResult> {
  let cursor: string | undefined
  return {
    async next() {
      try {
        const { done, value } = await results.next()
        if (done) return { done, value: undefined }
        if (!isGraphResult(value)) throw new HubError('The hub sent an event that is no GraphQL result.')
        cursor = cursorOf(value) ?? cursor
        return { value }
      } catch (error) {
        if (!(error instanceof CloseEvent)) throw error
        if (sessionEnded.has(error.code)) onUnauthenticated()
        throw cutOff(error, cursor)
      }
    },
    async return() {
      await results.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

const event = z.object({ cursor: z.string() })

/** A subscription has one root field; its cursor is there if the document selects it. */
function cursorOf(result: ExecutionResult): string | undefined {
  return event.safeParse(Object.values(result.data ?? {})[0]).data?.cursor
}

function cutOff({ code, reason }: CloseEvent, cursor: string | undefined): HubError {
  const why = reason === '' ? `code ${code}` : reason
  const next = cursor
    ? `Run it again with \`after: ${JSON.stringify(cursor)}\` to go on without a gap.`
    : 'Run it again; where it selects `cursor`, it can go on without a gap.'
  return new HubError(`The subscription was cut off (${why}). ${next}`)
}
