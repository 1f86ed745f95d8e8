// A loopback server in the place of every host: it keeps what registers, says where that lives, and what is deleted.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Registrations extends AsyncDisposable {
  readonly origin: string
  /** Bodies of what is no DELETE, since the last `forget`. */
  readonly made: { readonly method: string; readonly target: string; readonly body: string }[]
  readonly deleted: string[]
  forget(): void
}

export const location = '/registrations/1'

export async function startRegistrations(): Promise<Registrations> {
  const made: Registrations['made'] = []
  const deleted: string[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const { method = '', url = '' } = request
    if (method === 'DELETE') {
      deleted.push(url)
      response.writeHead(204).end()
    } else {
      made.push({ method, target: url, body })
      response.writeHead(201, { location, 'content-type': 'application/json' }).end('{}')
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    made,
    deleted,
    forget() {
      made.length = 0
      deleted.length = 0
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
