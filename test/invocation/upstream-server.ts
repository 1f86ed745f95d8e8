// A real HTTP server on loopback that remembers what reached it and answers as the test says.
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SeenRequest {
  readonly method: string
  /** Path and query as they came on the wire. */
  readonly target: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export type Answer = (request: SeenRequest, response: ServerResponse) => void

export interface UpstreamServer extends AsyncDisposable {
  readonly origin: string
  readonly seen: SeenRequest[]
  /** What it answers from now on; `{"ok":true}` to begin with. */
  answer: Answer
  last(): SeenRequest
}

export const json =
  (value: unknown, status = 200): Answer =>
  (_request, response) => {
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(typeof value === 'string' ? value : JSON.stringify(value))
  }

export async function startUpstream(socketPath?: string): Promise<UpstreamServer> {
  const seen: SeenRequest[] = []
  const server = createServer(async (message, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of message) chunks.push(chunk)
    const target = message.url ?? ''
    const [path = '', query = ''] = target.split(/\?(.*)/s)
    const request = {
      method: message.method ?? '',
      target,
      path,
      query: new URLSearchParams(query),
      headers: message.headers,
      body: Buffer.concat(chunks),
    }
    seen.push(request)
    upstream.answer(request, response)
  })
  server.listen(socketPath ?? { port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const origin = socketPath ? 'http://webapp' : `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const upstream: UpstreamServer = {
    origin,
    seen,
    answer: json({ ok: true }),
    last() {
      const request = seen.at(-1)
      if (!request) throw new Error('nothing reached the server')
      return request
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return upstream
}
