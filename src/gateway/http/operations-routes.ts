// For those who run the hub: alive, ready, metrics.
import type { FastifyPluginAsync } from 'fastify'
import type { Metrics } from '../../telemetry/index.ts'

export function operationsRoutes(options: {
  metrics: Metrics
  ready: () => Promise<boolean>
}): FastifyPluginAsync {
  const { metrics, ready } = options
  return async server => {
    server.get('/health', async () => ({ status: 'ok' }))
    server.get('/ready', async (_request, reply) => {
      const isReady = await ready()
      return reply.status(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready' })
    })
    server.get('/metrics', async (_request, reply) =>
      reply.header('content-type', metrics.registry.contentType).send(await metrics.registry.metrics()),
    )
  }
}
