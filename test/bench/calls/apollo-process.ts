// The limit of whatever answers behind Apollo Server: Fastify and Apollo Server as the hub has them, and the bare answer
// as their executor.
import { ApolloServer } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled'
import type { GatewayInterface } from '@apollo/server-gateway-interface'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import Fastify from 'fastify'
import { buildSchema } from 'graphql'
import { bareData } from './bare-answer.ts'

const gateway: GatewayInterface = {
  load: async () => ({ executor: async ({ request }) => ({ data: await bareData(request.query ?? '') }) }),
  onSchemaLoadOrUpdate(callback) {
    callback({ apiSchema: buildSchema('type Query { any: Boolean }'), coreSupergraphSdl: '' })
    return () => undefined
  },
  stop: async () => undefined,
}
const apollo = new ApolloServer({
  gateway,
  dangerouslyDisableValidation: true,
  stringifyResult: result => JSON.stringify(result),
  plugins: [ApolloServerPluginLandingPageDisabled(), ApolloServerPluginCacheControlDisabled()],
})
await apollo.start()
const server = Fastify()
server.post('/graphql', fastifyApolloHandler(apollo))
await server.listen({ host: '127.0.0.1', port: 0 })
process.stdout.write(`${JSON.stringify(server.server.address())}\n`)
