// An API that is polled by protocol: it keeps count in its Location, and tells one thing in every tenth answer.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface PolledApi extends AsyncDisposable {
  readonly origin: string
}

export async function startPolledApi(): Promise<PolledApi> {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://api')
    const before = Number(searchParams.get('triggerState') ?? 0)
    const location = `/things?triggerState=${before + 1}`
    const tells = before > 0 && before % 10 === 0
    response.writeHead(tells ? 200 : 202, { location, 'content-type': 'application/json' })
    response.end(tells ? JSON.stringify([{ id: before, title: 'A thing that came' }]) : '')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export function polledDocument(origin: string): string {
  const properties = { id: { type: 'integer' }, title: { type: 'string' } }
  const items = { type: 'object', properties }
  const get = {
    operationId: 'OnThing',
    'x-ms-trigger': 'batch',
    parameters: [{ name: 'kind', in: 'query', type: 'string' }],
    responses: { 200: { description: 'OK', schema: { type: 'array', items } } },
  }
  return JSON.stringify({
    swagger: '2.0',
    info: { title: 'Polled', version: '1' },
    host: new URL(origin).host,
    schemes: ['http'],
    basePath: '/',
    paths: { '/things': { get } },
  })
}
