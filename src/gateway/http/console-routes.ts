// The console's page at `/`, and what it asks first: who is signed in.
import { createReadStream } from 'node:fs'
import type { FastifyPluginAsync } from 'fastify'
import { type ConsoleState, consoleAssets, consoleHeaders, consoleStatePath } from '../../console/index.ts'
import type { Identity } from '../../identity/index.ts'
import { readerOf } from './headers.ts'

export function consoleRoutes(options: { identity: Identity }): FastifyPluginAsync {
  const { identity } = options
  const assets = consoleAssets()
  return async server => {
    server.get(`/${consoleStatePath}`, async (request, reply): Promise<ConsoleState> => {
      const actor = await identity.authenticate(readerOf(request.headers))
      reply.header('cache-control', 'no-store')
      return {
        signedIn: actor !== null,
        signupOpen: await identity.signupOpen(),
        firstAccount: !(await identity.hasAccounts()),
        user: actor ? { email: actor.email, name: actor.name ?? actor.email, admin: actor.admin } : null,
      }
    })
    server.setNotFoundHandler(async (request, reply) => {
      const asset =
        request.method === 'GET' || request.method === 'HEAD'
          ? assets.lookup(new URL(request.url, 'http://hub').pathname)
          : undefined
      if (!asset)
        return reply.status(404).send({
          errors: [
            {
              message: `There is nothing at ${request.method} ${request.url.split('?')[0]}.`,
              extensions: { code: 'NOT_FOUND' },
            },
          ],
        })
      return reply.headers(consoleHeaders(asset)).send(createReadStream(asset.file))
    })
  }
}
