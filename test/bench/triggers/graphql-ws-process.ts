// graphql-ws as its documentation sets it up: graphql-js runs each subscription, for each client and each event.
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { buildSchema } from 'graphql'
import { useServer as acceptSockets } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import { eventOf } from './messages.ts'

const schema = buildSchema(`
  scalar JSON
  type Query { _: Boolean }
  type Data { method: String body: JSON }
  type Event { id: ID! cursor: String! time: String! data: Data }
  type Subscription { webhook_onRequest(name: String!): Event! }
`)

type Listener = (event: unknown) => void
const listeners = new Set<Listener>()
let made = 0

/** Every client's events, as they come. */
async function* events(): AsyncGenerator<unknown> {
  const waiting: unknown[] = []
  let resume: () => void = () => undefined
  const listen: Listener = event => {
    waiting.push(event)
    resume()
  }
  listeners.add(listen)
  try {
    for (;;) {
      yield* waiting.splice(0)
      await new Promise<void>(resolve => {
        resume = resolve
        if (waiting.length > 0) resolve()
      })
    }
  } finally {
    listeners.delete(listen)
  }
}

const server = createServer(async (request, response) => {
  if (request.method === 'POST') {
    const event = { webhook_onRequest: eventOf(made++, JSON.parse(await text(request))) }
    for (const listen of listeners) listen(event)
  }
  response.end(String(listeners.size))
})
acceptSockets(
  { schema, roots: { subscription: { webhook_onRequest: events } } },
  new WebSocketServer({ server }),
)
server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify(server.address())}\n`))
