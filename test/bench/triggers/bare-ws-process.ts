// The practical limit: `ws` alone, which sends everybody the same bytes. It knows no schema, no accounts, and one
// subscription that everybody has.
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { WebSocketServer } from 'ws'
import { eventOf, subscriptionId } from './messages.ts'

const acknowledgement = JSON.stringify({ type: 'connection_ack' })
let made = 0
let subscribed = 0

const server = createServer(async (request, response) => {
  if (request.method === 'POST') {
    const body = JSON.parse(await text(request))
    const payload = { data: { webhook_onRequest: eventOf(made++, body) } }
    const message = Buffer.from(JSON.stringify({ id: subscriptionId, type: 'next', payload }))
    for (const client of sockets.clients) client.send(message, { binary: false })
  }
  response.end(String(subscribed))
})
const sockets = new WebSocketServer({ server, handleProtocols: () => 'graphql-transport-ws' })
sockets.on('connection', socket =>
  socket.on('message', message => {
    const { type } = JSON.parse(String(message)) as { readonly type: string }
    if (type === 'connection_init') socket.send(acknowledgement)
    if (type === 'subscribe') subscribed++
  }),
)
server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify(server.address())}\n`))
