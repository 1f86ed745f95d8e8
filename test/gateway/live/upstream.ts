// An API on loopback whose calls can be held and whose items can be polled, and the documents that describe it.
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Upstream extends AsyncDisposable {
  /** Environment of a hub for which api.example.com is this server. */
  readonly env: Readonly<Record<string, string>>
  /** Calls of /slow that wait. */
  readonly held: ServerResponse[]
  /** What /poll tells, oldest first. */
  readonly items: number[]
}

export async function startUpstream(): Promise<Upstream> {
  const held: ServerResponse[] = []
  const items: number[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://api.example.com')
    if (url.pathname === '/slow') {
      held.push(response)
      return
    }
    if (url.pathname === '/poll') {
      const state = url.searchParams.get('state')
      const fresh = state === null ? [] : items.slice(Number(state))
      response.writeHead(fresh.length > 0 ? 200 : 202, {
        'content-type': 'application/json',
        'retry-after': '1',
        location: `https://api.example.com/poll?state=${items.length}`,
      })
      response.end(JSON.stringify(fresh.map(id => ({ id }))))
      return
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ path: url.pathname, old: 'old', new: 'new' }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    env: { JUNCTOR_ORIGINS: `https://api.example.com=${origin}`, JUNCTOR_ALLOW_PRIVATE: origin },
    held,
    items,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A document whose operations answer `{ path, <member> }`, beside a slow call and a polling trigger. */
export function apiDocument(member: string, title = 'Example'): string {
  const properties = { path: { type: 'string' }, [member]: { type: 'string' } }
  const responses = { 200: { description: 'OK', schema: { type: 'object', properties } } }
  const items = { type: 'array', items: { type: 'object', properties: { id: { type: 'integer' } } } }
  return JSON.stringify({
    swagger: '2.0',
    info: { title, version: '1' },
    host: 'api.example.com',
    basePath: '/',
    schemes: ['https'],
    paths: {
      '/now': { get: { operationId: 'GetNow', responses } },
      '/slow': { get: { operationId: 'GetSlow', responses } },
      '/poll': {
        get: {
          operationId: 'OnItem',
          'x-ms-trigger': 'batch',
          responses: { 200: { description: 'OK', schema: items }, 202: { description: 'None' } },
        },
      },
    },
  })
}
