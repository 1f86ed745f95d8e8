// Prometheus metrics of one hub, in a registry of its own so that two hubs in one process do not mix.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Series of a connector's that a registry may come to hold: it keeps each for ever, and anybody may import connectors. */
const most = { connectors: 500, operations: 1_000 }
const rest = 'other'

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

export type Metrics = ReturnType<typeof createMetrics>

/** Builds the registry and every metric the hub has. Durations are in seconds. */
export function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const operations = new Map<string, { readonly connector: string; readonly operation: string }>()
  const isKnownConnector = firstOnes(most.connectors)
  return {
    registry,
    /** The labels of an operation; `other` for all beyond the first that were seen. */
    operationLabels(connector: string, operation: string) {
      const key = `${connector}/${operation}`
      const known = operations.get(key)
      if (known) return known
      if (operations.size >= most.operations) return { connector: rest, operation: rest }
      const labels = { connector, operation }
      operations.set(key, labels)
      return labels
    },
    /** The label of a connector; `other` likewise. */
    connectorLabel: (connector: string) => (isKnownConnector(connector) ? connector : rest),
    graphqlOperations: new Counter({
      name: 'junctor_graphql_operations_total',
      help: 'GraphQL operations by type and outcome.',
      labelNames: ['type', 'outcome'] as const,
      registers,
    }),
    graphqlSeconds: new Histogram({
      name: 'junctor_graphql_operation_seconds',
      help: 'Time from a GraphQL operation to its result, by type and outcome; of a subscription until it is open.',
      labelNames: ['type', 'outcome'] as const,
      buckets: seconds,
      registers,
    }),
    upstreamCalls: new Histogram({
      name: 'junctor_upstream_call_seconds',
      help: 'Upstream calls by connector, operation and outcome (a status class, or an error code).',
      labelNames: ['connector', 'operation', 'outcome'] as const,
      buckets: seconds,
      registers,
    }),
    upstreamRetries: new Counter({
      name: 'junctor_upstream_retries_total',
      help: 'Upstream calls made again by connector and reason (busy, broken, throttled).',
      labelNames: ['connector', 'reason'] as const,
      registers,
    }),
    upstreamRateLimited: new Counter({
      name: 'junctor_upstream_rate_limited_total',
      help: 'Upstream calls beyond a rate limit by connector, limit (connection, connector) and outcome (waited, refused).',
      labelNames: ['connector', 'limit', 'outcome'] as const,
      registers,
    }),
    upstreamCircuitsOpened: new Counter({
      name: 'junctor_upstream_circuits_opened_total',
      help: 'Times that an origin of a connector failed so often that it was left alone for a moment.',
      labelNames: ['connector'] as const,
      registers,
    }),
    upstreamSharedCalls: new Counter({
      name: 'junctor_upstream_shared_calls_total',
      help: 'Upstream calls saved because the same GraphQL operation made the same call already.',
      labelNames: ['connector'] as const,
      registers,
    }),
    upstreamRequestBytes: new Counter({
      name: 'junctor_upstream_request_bytes_total',
      help: 'Bytes of request bodies sent upstream, repeated ones too.',
      labelNames: ['connector', 'operation'] as const,
      registers,
    }),
    upstreamResponseBytes: new Counter({
      name: 'junctor_upstream_response_bytes_total',
      help: 'Bytes of response bodies that were read, decompressed.',
      labelNames: ['connector', 'operation'] as const,
      registers,
    }),
    polls: new Counter({
      name: 'junctor_polls_total',
      help: 'Polls by outcome.',
      labelNames: ['connector', 'outcome'] as const,
      registers,
    }),
    feedsDue: new Gauge({
      name: 'junctor_feeds_due',
      help: 'Feeds with work that is due and that nobody does yet; every instance on one store tells the same.',
      registers,
    }),
    oldestDueSeconds: new Gauge({
      name: 'junctor_feeds_oldest_due_seconds',
      help: 'For how long the longest overdue of them has been due.',
      registers,
    }),
    dispatchLag: new Histogram({
      name: 'junctor_feed_dispatch_lag_seconds',
      help: 'Time from when the work on a feed was due until this instance began it.',
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300],
      registers,
    }),
    reclaimedLeases: new Counter({
      name: 'junctor_feed_leases_reclaimed_total',
      help: 'Leases that their holder let expire, and that this instance took over.',
      registers,
    }),
    webhooks: new Counter({
      name: 'junctor_webhooks_total',
      help: 'Webhook deliveries by outcome.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    webhookVerifications: new Counter({
      name: 'junctor_webhook_verifications_total',
      help: 'Deliveries to webhooks that verify them, by scheme and verdict (verified, unsigned, stale, forged).',
      labelNames: ['scheme', 'verdict'] as const,
      registers,
    }),
    webhookOrphans: new Counter({
      name: 'junctor_webhook_registrations_orphaned_total',
      help: 'Registrations that the hub could not delete at the provider and has given up; their deliveries are refused.',
      labelNames: ['connector'] as const,
      registers,
    }),
    events: new Counter({
      name: 'junctor_events_total',
      help: 'Events written to the log.',
      labelNames: ['connector'] as const,
      registers,
    }),
    eventsDelivered: new Counter({
      name: 'junctor_events_delivered_total',
      help: 'Events sent to subscribers, once for each subscriber.',
      labelNames: ['connector'] as const,
      registers,
    }),
    subscribers: new Gauge({
      name: 'junctor_subscribers',
      help: 'Live subscriptions on this instance.',
      registers,
    }),
    slowSubscribers: new Counter({
      name: 'junctor_slow_subscribers_total',
      help: 'Times that a client did not keep up: `behind` reads the log at its own pace, `dropped` was disconnected.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    webappRestarts: new Counter({
      name: 'junctor_webapp_restarts_total',
      help: 'Restarts of hosted connector webapps.',
      labelNames: ['connector'] as const,
      registers,
    }),
  }
}

/** True for the first `count` different keys, again and again. */
function firstOnes(count: number): (key: string) => boolean {
  const known = new Set<string>()
  return key => {
    if (known.has(key)) return true
    if (known.size >= count) return false
    known.add(key)
    return true
  }
}
