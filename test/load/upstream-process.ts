// The API in a process of its own. `/ledger` tells what it did to each call, in order.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { seeded } from '../conformance/calls/seeded.ts'
import { act, type Done, drawn } from './faults.ts'
import { entryText, keyPrefix } from './ledger-api.ts'

const chance = seeded(`the ledger ${process.env.LOAD_SEED}`)
const ledger = new Map<string, Done[]>()

const server = createServer((request, response) => {
  answer(request, response).catch(error => response.destroy(error))
})

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/ledger') {
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' })
    return void response.end(JSON.stringify([...ledger]))
  }
  const key = String(request.headers['x-api-key'] ?? '')
  if (!key.startsWith(keyPrefix)) return void response.writeHead(401).end()
  const { call, number } = await asked(request)
  const done = drawn(chance)
  ledger.set(call, [...(ledger.get(call) ?? []), done])
  await act(done, entryText(call, number, key), response)
}

/** Numbers as text: they are larger than a double holds. */
async function asked(request: IncomingMessage): Promise<{ call: string; number: string }> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://ledger')
  if (request.method === 'GET')
    return {
      call: decodeURIComponent(pathname.slice('/entries/'.length)),
      number: searchParams.get('number') ?? '',
    }
  const body = await text(request)
  return { call: String(JSON.parse(body).call), number: /"number":\s*(\d+)/.exec(body)?.[1] ?? '' }
}

server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify(server.address())}\n`))
