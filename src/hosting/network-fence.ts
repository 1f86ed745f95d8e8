// Sockets that the egress guard did not open are refused: `fetch`, node:http and every driver end in
// Socket.prototype.connect. It keeps honest code to `context.connect`; hostile code is kept out by who may install it.
import { AsyncLocalStorage } from 'node:async_hooks'
import dgram from 'node:dgram'
import { Socket } from 'node:net'

/** Closes the network of this process. What runs inside the returned function may still connect. */
export function fenceNetwork(): <T>(open: () => Promise<T>) => Promise<T> {
  const guarded = new AsyncLocalStorage<true>()
  Socket.prototype.connect = new Proxy(Socket.prototype.connect, {
    apply(connect, socket, parameters) {
      if (guarded.getStore()) return Reflect.apply(connect, socket, parameters)
      throw refusal()
    },
  })
  dgram.Socket.prototype.send = () => {
    throw refusal()
  }
  return open => guarded.run(true, open)
}

function refusal(): Error {
  return new Error('A webapp reaches the network only through context.connect, which asks the egress guard.')
}
