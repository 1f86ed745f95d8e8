// A subscription that says, when its socket is lost, from which cursor it can go on: a silent gap would be worse.
import { z } from 'zod'
import { HubError } from './hub-error.ts'

const eventOfOneField = z.object({
  data: z
    .record(z.string(), z.unknown())
    .transform(data => z.object({ cursor: z.string() }).safeParse(Object.values(data)[0]).data?.cursor),
})

// Close codes of the graphql-ws protocol, and HTTP's 401 and 403 as 44xx.
const sessionEnded = new Set([4401, 4403])

/**
 * Passes `results` through and turns the end of their socket into a sentence. Not an async generator: its `return`
 * would wait for the next event before it unsubscribes.
 */
export function resumable<R>(
  results: AsyncIterableIterator<R>,
  onUnauthenticated: () => void,
): AsyncIterableIterator<R> {
  let cursor: string | undefined
  const explain = (error: unknown) => {
    if (!(error instanceof CloseEvent)) return error
    if (sessionEnded.has(error.code)) onUnauthenticated()
    const reason = error.reason === '' ? `code ${error.code}` : error.reason
    const resume = cursor
      ? ` Run it again with \`after: ${JSON.stringify(cursor)}\` to go on without a gap.`
      : ' Run it again; select `cursor` to be able to go on without a gap.'
    return new HubError(`The subscription was cut off (${reason}).${resume}`)
  }
  return {
    async next() {
      try {
        const result = await results.next()
        cursor = eventOfOneField.safeParse(result.value).data?.data ?? cursor
        return result
      } catch (error) {
        throw explain(error)
      }
    },
    async return() {
      return (await results.return?.()) ?? { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
