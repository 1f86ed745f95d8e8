// better-auth's own endpoints, /api/auth/*.
import type { FastifyPluginAsync } from 'fastify'
import type { Identity } from '../../identity/index.ts'
import { headersOf } from './headers.ts'

export function authRoutes(options: { identity: Identity; publicUrl: string }): FastifyPluginAsync {
  return async server => {
    // better-auth reads the body itself.
    server.removeAllContentTypeParsers()
    server.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: 64 * 1024 }, (_request, body, done) =>
      done(null, body),
    )
    server.route({
      method: ['GET', 'POST'],
      url: '/api/auth/*',
      async handler(request, reply) {
        const body =
          request.method === 'POST' && Buffer.isBuffer(request.body)
            ? { body: new Uint8Array(request.body) }
            : {}
        const response = await options.identity.handle(
          new Request(new URL(request.url, options.publicUrl), {
            method: request.method,
            headers: headersOf(request.headers),
            ...body,
          }),
          request.ip,
        )
        reply.status(response.status)
        for (const [name, value] of response.headers) if (name !== 'set-cookie') reply.header(name, value)
        for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie)
        return reply.send(Buffer.from(await response.arrayBuffer()))
      },
    })
  }
}
