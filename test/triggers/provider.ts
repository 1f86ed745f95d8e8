// A provider on loopback that speaks the trigger protocols, and counts what is asked of it.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Item {
  readonly id: number
  readonly created_at?: string
  readonly [member: string]: unknown
}

export interface Hook {
  readonly id: string
  readonly body: Readonly<Record<string, unknown>>
}

export interface Provider extends AsyncDisposable {
  readonly origin: string
  /** What there is to tell, oldest first. */
  readonly items: Item[]
  add(...ids: number[]): void
  readonly polls: { count: number; inFlight: number; mostInFlight: number; readonly urls: string[] }
  /** Every request waits for this before it is answered. */
  hold: (request: IncomingMessage) => Promise<void>
  /** Every registration is made, and then waits for this before it is answered. */
  holdAnswer: () => Promise<void>
  /** Statuses to answer with instead, first come first; a function may decide by request. */
  readonly failures: { status: number; headers?: Record<string, string> }[]
  /** `Retry-After` of answers without and with events; absent by default. */
  retryAfter: { none?: string; some?: string }
  readonly hooks: Map<string, Hook>
  readonly calls: string[]
  /** What registrations are answered with. */
  registrationAnswer: (() => unknown) | null
  /** `null`: registrations are answered without Location. */
  location: ((id: string) => string) | null
}

export async function startProvider(): Promise<Provider> {
  const server = createServer((request, response) => {
    answer(request, response).catch(error => response.writeHead(500).end(String(error)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let hookNumber = 0
  const provider: Provider = {
    origin,
    items: [],
    add(...ids) {
      for (const id of ids) provider.items.push({ id })
    },
    polls: { count: 0, inFlight: 0, mostInFlight: 0, urls: [] },
    hold: async () => {},
    holdAnswer: async () => {},
    failures: [],
    retryAfter: {},
    hooks: new Map(),
    calls: [],
    registrationAnswer: null,
    location: id => `/hooks/${id}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', origin)
    provider.calls.push(`${request.method} ${url.pathname}`)
    const body = await text(request)
    const poll = url.pathname.startsWith('/poll') || url.pathname === '/list'
    if (poll) {
      provider.polls.count++
      provider.polls.urls.push(url.pathname + url.search)
      provider.polls.inFlight++
      provider.polls.mostInFlight = Math.max(provider.polls.mostInFlight, provider.polls.inFlight)
    }
    try {
      await provider.hold(request)
      const failure = provider.failures.shift()
      if (failure) response.writeHead(failure.status, failure.headers).end('no')
      else if (url.pathname === '/poll') pollByProtocol(url, response)
      else if (url.pathname === '/poll-one') pollOne(url, response)
      else if (url.pathname === '/list') list(url, response)
      else await hooks(request, url, body, response)
    } finally {
      if (poll) provider.polls.inFlight--
    }
  }

  /** State is how many items have been told. */
  function pollByProtocol(url: URL, response: ServerResponse): void {
    const state = url.searchParams.get('triggerState')
    const from = state === null ? provider.items.length : Number(state)
    const fresh = provider.items.slice(from)
    send(response, fresh.length > 0, fresh, `/poll?triggerState=${provider.items.length}`)
  }

  /** One item an answer, and Retry-After: 0 while there are more. */
  function pollOne(url: URL, response: ServerResponse): void {
    const state = url.searchParams.get('triggerState')
    const from = state === null ? provider.items.length : Number(state)
    const item = provider.items[from]
    const more = item !== undefined && from + 1 < provider.items.length
    if (more) response.setHeader('retry-after', '0')
    send(response, item !== undefined, item, `/poll-one?triggerState=${item ? from + 1 : from}`, more)
  }

  function send(
    response: ServerResponse,
    some: boolean,
    body: unknown,
    location: string,
    asked = false,
  ): void {
    const wait = some ? provider.retryAfter.some : provider.retryAfter.none
    if (wait !== undefined && !asked) response.setHeader('retry-after', wait)
    response.writeHead(some ? 200 : 202, { location, 'content-type': 'application/json' })
    response.end(some ? JSON.stringify(body) : '')
  }

  /** An ordinary list, newest first, with `since_id` and pages of two. */
  function list(url: URL, response: ServerResponse): void {
    const since = Number(url.searchParams.get('since_id') ?? 0)
    const page = Number(url.searchParams.get('page') ?? 1)
    const found = provider.items.filter(item => item.id > since).toReversed()
    const value = found.slice((page - 1) * 2, page * 2)
    const next = found.length > page * 2 ? { nextLink: `/list?since_id=${since}&page=${page + 1}` } : {}
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ value, ...next }))
  }

  async function hooks(
    request: IncomingMessage,
    url: URL,
    body: string,
    response: ServerResponse,
  ): Promise<void> {
    const id = url.pathname.replace('/hooks/', '')
    if (request.method === 'POST' && url.pathname === '/hooks') {
      const made = String(++hookNumber)
      provider.hooks.set(made, { id: made, body: JSON.parse(body) })
      await provider.holdAnswer()
      const headers = provider.location ? { location: provider.location(made) } : {}
      if (!provider.registrationAnswer) response.writeHead(201, headers).end()
      else {
        response.writeHead(201, { ...headers, 'content-type': 'application/json' })
        response.end(JSON.stringify(provider.registrationAnswer()))
      }
    } else if (request.method === 'GET' && provider.hooks.has(id)) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id }))
    } else if (request.method === 'DELETE') response.writeHead(provider.hooks.delete(id) ? 204 : 404).end()
    else response.writeHead(404).end()
  }

  return provider
}
