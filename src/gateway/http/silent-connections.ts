// Connections that have not asked anything yet: browsers and clients open some ahead. Node's closeIdleConnections
// passes over them, so a hub that stops would wait a minute for what nobody will send.
import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** Watches a server from before it listens; `close` ends the connections on which no request ever came. */
export function watchSilentConnections(server: Server): { close(): void } {
  const silent = new Set<Socket>()
  server.on('connection', socket => {
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
  })
  const speaks = ({ socket }: { readonly socket: Socket }) => silent.delete(socket)
  server.on('request', speaks)
  server.on('upgrade', speaks)
  return {
    close() {
      for (const socket of silent) socket.destroy()
    },
  }
}
