// The receiver's addresses, /webhooks/<token> and what is below it: raw bytes in, the triggers room decides.
import type { FastifyPluginAsync } from 'fastify'
import { deliveryBodyLimit as bodyLimit, type Triggers } from '../../triggers/index.ts'
import { recordOf } from './headers.ts'

export function webhookRoutes(options: { triggers: Triggers }): FastifyPluginAsync {
  return async server => {
    server.removeAllContentTypeParsers()
    server.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) =>
      done(null, body),
    )
    // Fastify answers 415 to a Content-Type that it cannot read, before any parser is asked, and the event would be
    // lost: it is not shown one. `request.raw` still has it.
    server.addHook('onRequest', async request => {
      request.headers = { ...request.headers, 'content-type': undefined }
    })
    const route = (url: string, belowOf: (path: string) => { readonly below?: string }) =>
      server.route<{ Params: { token: string } }>({
        method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
        url,
        async handler(request, reply) {
          const answer = await options.triggers.receive({
            token: request.params.token,
            ...belowOf(request.url),
            method: request.method,
            headers: recordOf(request.raw.headers),
            query: queryOf(request.url),
            body: Buffer.isBuffer(request.body) ? request.body : new Uint8Array(),
          })
          return reply.status(answer.status).headers(answer.headers).send(answer.body)
        },
      })
    route('/webhooks/:token', () => ({}))
    route('/webhooks/:token/*', url => ({ below: url.replace(/^\/webhooks\/[^/?]*/, '') }))
  }
}

function queryOf(url: string): Readonly<Record<string, string>> {
  const start = url.indexOf('?')
  return start < 0 ? {} : Object.fromEntries(new URLSearchParams(url.slice(start)))
}
