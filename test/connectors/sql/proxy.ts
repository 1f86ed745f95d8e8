// A network between the connector and a server that can fail in the worst way: nothing arrives, nothing is closed.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export async function openProxy({ hostname, port }: URL) {
  const pairs: [Socket, Socket][] = []
  const swallowing = new Set<Socket>()
  const server = createServer(client => {
    const upstream = connect(Number(port), hostname)
    client.pipe(upstream).pipe(client)
    for (const socket of [client, upstream]) socket.on('error', () => {})
    pairs.push([client, upstream])
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    /** Connections that are there fall silent; new ones work. */
    goDark() {
      for (const [client, upstream] of pairs) {
        client.unpipe(upstream)
        upstream.unpipe(client)
        client.on('data', () => swallowing.add(client))
        client.resume()
        upstream.resume()
      }
    },
    /** Connections that sent something into the dark. */
    swallowed: () => swallowing.size,
    async [Symbol.asyncDispose]() {
      for (const socket of pairs.flat()) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
