// The hub is killed with SIGKILL between two events and started again: a client that resumes with `after` misses
// nothing and sees nothing twice. The embedded database dies with the hub, and once more alone.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clientOf, signUp } from '../../harness/client.ts'
import { freePort, startHub, waitFor } from '../../harness/hub.ts'

interface Delivered {
  readonly webhook_onRequest: {
    readonly id: string
    readonly cursor: string
    readonly data: { readonly body: { readonly n: number } }
  }
}

const watch =
  'subscription ($after: String) { webhook_onRequest(name: "orders", after: $after) { id cursor data { body } } }'

async function deliver(webhookUrl: string, n: number): Promise<void> {
  const response = await fetch(webhookUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'webhook-id': `order-${n}` },
    body: JSON.stringify({ n }),
  })
  expect(response.status).toBe(202)
}

test.each([
  ['the hub alone is killed', false],
  ['the hub and its database are killed', true],
])('%s: a resumed subscription continues exactly', { timeout: 120_000 }, async (_case, killDatabase) => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'junctor-resume-'))
  const port = await freePort()
  const first = await startHub({ dataFolder, port })
  const client = await signUp(first.url)
  const { createFeed } = await client.query<{ createFeed: { webhookUrl: string } }>(
    'mutation { createFeed(input: { field: "webhook_onRequest", arguments: { name: "orders" } }) { webhookUrl } }',
  )
  const seen: number[] = []
  let cursor = ''
  {
    await using events = client.subscribe<Delivered>(watch)
    const arriving = events.next()
    await waitFor(
      async () =>
        (
          await client.query<{ feeds: { nodes: { subscribers: number }[] } }>(
            '{ feeds { nodes { subscribers } } }',
          )
        ).feeds.nodes.some(feed => feed.subscribers === 1),
      () => 'The subscription is not there.',
    )
    await deliver(createFeed.webhookUrl, 1)
    const event = (await arriving).webhook_onRequest
    seen.push(event.data.body.n)
    cursor = event.cursor
  }
  await deliver(createFeed.webhookUrl, 2)
  await first.stop('SIGKILL')
  if (killDatabase) {
    const pid = Number((await readFile(join(dataFolder, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0])
    process.kill(pid, 'SIGKILL')
  }

  await using second = await startHub({ dataFolder, port })
  const again = clientOf(second.url, client.email, client.headers)
  await deliver(createFeed.webhookUrl, 2)
  await deliver(createFeed.webhookUrl, 3)
  await using events = again.subscribe<Delivered>(watch, { after: cursor })
  while (seen.length < 3) seen.push((await events.next()).webhook_onRequest.data.body.n)
  await deliver(createFeed.webhookUrl, 4)
  seen.push((await events.next()).webhook_onRequest.data.body.n)
  expect(seen).toEqual([1, 2, 3, 4])
  await second.stop('SIGTERM')
  await rm(dataFolder, { recursive: true, force: true })
})
