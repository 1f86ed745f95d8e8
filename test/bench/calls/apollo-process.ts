// The limit of whatever answers behind Apollo Server: the hub's own Apollo Server on Fastify, with the bare answer as
// its executor. Nobody is asked who they are.
import { fastifyApolloHandler } from '@as-integrations/fastify'
import Fastify from 'fastify'
import type { RequestContext } from '../../../src/gateway/context.ts'
import { createDocumentStore } from '../../../src/gateway/documents.ts'
import { createApollo } from '../../../src/gateway/http/apollo.ts'
import { createLogger } from '../../../src/telemetry/index.ts'
import { bareData } from './bare-answer.ts'

const apollo = createApollo({
  hubSdl: 'type Query { any: Boolean }',
  executor: { query: async ({ document }) => ({ data: await bareData(document.loc?.source.body ?? '') }) },
  documents: createDocumentStore(),
  logger: createLogger('error'),
})
await apollo.start()
const context = { asked: { traceparent: null, trace: false } } as RequestContext
const server = Fastify()
server.post('/graphql', fastifyApolloHandler(apollo, { context: async () => context }))
await server.listen({ host: '127.0.0.1', port: 0 })
process.stdout.write(`${JSON.stringify(server.server.address())}\n`)
