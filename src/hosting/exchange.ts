// Between Node's HTTP server and a webapp's `fetch`: requests in, responses out, both streamed.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { type Json, parseJson } from '../json.ts'
import type { WebappContext } from './webapp.ts'

const connection = z.object({
  id: z.string(),
  authentication: z.string(),
  parameters: z.record(z.string(), z.custom<Json>()),
})

/** Reads the header that carries a connection: base64url of JSON. Null where there is none; throws if malformed. */
export function readConnection(header: string | string[] | undefined): WebappContext['connection'] {
  if (typeof header !== 'string') return null
  return connection.parse(parseJson(Buffer.from(header, 'base64url').toString()))
}

/** The web Request of a Node request, without the headers named in `hidden`. Aborted when the caller goes away. */
export function webRequest(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  hidden: readonly string[],
): Request {
  const abort = new AbortController()
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) abort.abort()
  })
  const headers = new Headers()
  for (const [name, values] of Object.entries(incoming.headersDistinct))
    if (!hidden.includes(name)) for (const value of values ?? []) headers.append(name, value)
  const method = incoming.method ?? 'GET'
  const url = new URL(incoming.url ?? '/', 'http://webapp')
  const common = { method, headers, signal: abort.signal }
  if (method === 'GET' || method === 'HEAD') return new Request(url, common)
  // `duplex` is the fetch standard's and not in TypeScript's RequestInit: https://fetch.spec.whatwg.org/#dom-requestinit-duplex
  const streamed: RequestInit & { duplex: 'half' } = { ...common, body: streamOf(incoming), duplex: 'half' }
  return new Request(url, streamed)
}

function streamOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = incoming[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await chunks.return?.()
    },
  })
}

/** Sends a web Response. Rejects where its body fails half-way; the caller then sees a broken connection. */
export async function sendResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  for (const [name, value] of response.headers) outgoing.appendHeader(name, value)
  outgoing.writeHead(response.status)
  if (response.body === null) outgoing.end()
  else await pipeline(Readable.from(response.body), outgoing)
}
