// Feeds that numbered items go through: polled from the provider, or delivered by webhook.
import type { HubClient } from '../harness/client.ts'

export interface NumberedFeed {
  readonly id: string
  readonly name: string
  readonly kind: 'POLLING' | 'WEBHOOK'
  /** The same at every hub; empty for a polled one. */
  readonly webhookPath: string
  /** The trigger's own subscription, with `$after`: who asks that shares the feed. */
  readonly query: string
  readonly numberOf: (data: unknown) => number
}

export async function createPolledFeed(client: HubClient, name: string): Promise<NumberedFeed> {
  const { id } = await create(client, 'numbers_onItem', { feed: name })
  return { id, webhookPath: '', ...polledFeed(name) }
}

/** One that is there while somebody subscribes to it by its query, and some time longer. */
export const polledFeed = (name: string) => ({
  name,
  kind: 'POLLING' as const,
  query: `subscription ($after: String) { numbers_onItem(feed: ${JSON.stringify(name)}, after: $after) { cursor data { n } } }`,
  numberOf: (data: unknown) => (data as { n: number }).n,
})

export async function createWebhookFeed(client: HubClient, name: string): Promise<NumberedFeed> {
  const { id, webhookUrl } = await create(client, 'webhook_onRequest', { name })
  return {
    id,
    name,
    kind: 'WEBHOOK',
    webhookPath: new URL(webhookUrl ?? '').pathname,
    query: `subscription ($after: String) { webhook_onRequest(name: ${JSON.stringify(name)}, after: $after) { cursor data { body } } }`,
    numberOf: data => (data as { body: { n: number } }).body.n,
  }
}

async function create(client: HubClient, field: string, given: object) {
  const { createFeed } = await client.query<{ createFeed: { id: string; webhookUrl: string | null } }>(
    'mutation ($field: String!, $given: JSON!) { createFeed(input: { field: $field, arguments: $given, intervalSeconds: 1 }) { id webhookUrl } }',
    { field, given },
  )
  return createFeed
}
