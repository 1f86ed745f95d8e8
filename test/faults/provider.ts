// A provider that hands out numbered items, by polls and by webhooks, and checks those who ask.
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Chance } from '../conformance/calls/seeded.ts'

export const host = 'numbers.example.com'

/** Items that one poll gives at most, and how many milliseconds it takes to answer. */
const batch = 20
const slowest = 60

export interface Provider extends AsyncDisposable {
  readonly origin: string
  readonly polls: () => number
  /** What a caller did that it should not have, in sentences. */
  readonly faults: readonly string[]
  /** From now on so many items of each feed are there to be polled. */
  release(items: number): void
  /** Closes the connections that callers keep. */
  hangUp(): void
}

interface Line {
  underWay: number
  /** The furthest place that anybody asked from: a hub that asks from there has stored what came before. */
  furthest: number
}

/** It asks those to whom it told all to come again after `pauseSeconds`. */
export async function startProvider(chance: Chance, pauseSeconds = 1): Promise<Provider> {
  const lines = new Map<string, Line>()
  const faults: string[] = []
  let released = 0
  let polls = 0

  async function poll(url: URL, response: ServerResponse): Promise<void> {
    const name = url.searchParams.get('feed') ?? ''
    const line = lines.get(name) ?? { underWay: 0, furthest: 0 }
    lines.set(name, line)
    const from = Number(url.searchParams.get('from') ?? 0)
    polls++
    line.underWay++
    // A caller that was killed has hung up; one that was stopped is answered all the same.
    response.once('close', () => line.underWay--)
    if (line.underWay > 1)
      faults.push(`Feed ${name} was polled ${line.underWay} times at once, from ${from}.`)
    if (from < line.furthest)
      faults.push(`Feed ${name} was polled from ${from} after it was polled from ${line.furthest}.`)
    line.furthest = Math.max(line.furthest, from)
    await new Promise(resolve => setTimeout(resolve, chance.below(slowest)))
    // The first call only gives the state (connector-format §5.4): what it told would be history to a new feed.
    const due = url.searchParams.has('from') ? Math.min(batch, released - from) : 0
    const items = Array.from({ length: due }, (_, index) => ({
      n: from + index + 1,
    }))
    const to = from + items.length
    const location = `https://${host}/poll?feed=${name}&from=${to}`
    const again = String(pauseSeconds)
    response.writeHead(items.length > 0 ? 200 : 202, {
      location,
      'retry-after': items.length > 0 && to < released ? '0' : again,
      'content-type': 'application/json',
    })
    response.end(items.length > 0 ? JSON.stringify(items) : '')
  }

  const server = createServer((request, response) => {
    poll(new URL(request.url ?? '/', `https://${host}`), response).catch(error => response.destroy(error))
  })
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    polls: () => polls,
    faults,
    release(items) {
      released = items
    },
    hangUp: () => server.closeAllConnections(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A package with one polling trigger, `numbers_onItem(feed)`. */
export async function writeNumbersConnector(folder: string): Promise<void> {
  const items = { type: 'array', items: { type: 'object', properties: { n: { type: 'integer' } } } }
  const swagger = {
    swagger: '2.0',
    info: { title: 'Numbers', version: '1' },
    host,
    basePath: '/',
    schemes: ['https'],
    paths: {
      '/poll': {
        get: {
          operationId: 'OnItem',
          'x-ms-trigger': 'batch',
          parameters: [{ name: 'feed', in: 'query', required: true, type: 'string' }],
          responses: { 200: { description: 'OK', schema: items }, 202: { description: 'None' } },
        },
      },
    },
  }
  await mkdir(join(folder, 'Numbers'), { recursive: true })
  await writeFile(join(folder, 'Numbers', 'apiDefinition.swagger.json'), JSON.stringify(swagger))
}
