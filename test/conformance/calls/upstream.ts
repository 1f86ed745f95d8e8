// A loopback server in the place of every host: it keeps what it is asked and answers what the check has laid out.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { ReceivedRequest } from './received-request.ts'

export interface LaidOutAnswer {
  readonly status: number
  readonly contentType: string | null
  readonly body: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

export interface StandIn extends AsyncDisposable {
  readonly origin: string
  /** Answers the next requests with these, the last one again and again; forgets what was received before. */
  prepare(answers: readonly LaidOutAnswer[]): void
  received(): readonly ReceivedRequest[]
}

export async function startStandIn(): Promise<StandIn> {
  let answers: readonly LaidOutAnswer[] = []
  let received: ReceivedRequest[] = []
  const server = createServer(async (message, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of message) chunks.push(chunk)
    received.push({
      method: message.method ?? '',
      target: message.url ?? '',
      headers: message.headers as Readonly<Record<string, string>>,
      body: Buffer.concat(chunks),
    })
    const answer = answers[Math.min(received.length, answers.length) - 1]
    if (!answer) return void response.writeHead(500).end()
    const { status, contentType, body, headers } = answer
    response.writeHead(status, {
      ...headers,
      ...(contentType === null ? {} : { 'content-type': contentType }),
    })
    response.end(status === 204 ? undefined : body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The stand-in has no port.')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    prepare(next) {
      answers = next
      received = []
    },
    received: () => received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
