// A real server’s own swagger, imported as it is: mutations, array filters, and the server’s own webhook as an event.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startAlertmanager } from '../../harness/alertmanager.ts'
import { signUp } from '../../harness/client.ts'
import { freePort, startHub, waitFor } from '../../harness/hub.ts'
import { requirement } from '../../harness/requirement.ts'

const corpus = process.env.JUNCTOR_CORPUS ?? join(import.meta.dirname, '../../../../shared/corpus')
const document = join(corpus, 'real-servers/alertmanager/openapi.yaml')
const present =
  requirement('the Alertmanager swagger of the corpus', existsSync(document)) &&
  requirement('prometheus-alertmanager', existsSync('/usr/bin/prometheus-alertmanager'))

interface Notification {
  readonly webhook_onRequest: {
    readonly data: {
      readonly method: string
      readonly headers: Readonly<Record<string, string>>
      readonly body: {
        readonly receiver: string
        readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[]
      }
    }
  }
}

test.runIf(present)('alert, find, silence, and receive the notification', { timeout: 120_000 }, async () => {
  const alertmanagerPort = await freePort()
  await using hub = await startHub({
    env: { JUNCTOR_ALLOW_PRIVATE: `http://127.0.0.1:${alertmanagerPort}` },
  })
  const client = await signUp(hub.url)
  const { createFeed } = await client.query<{ createFeed: { id: string; webhookUrl: string } }>(
    'mutation { createFeed(input: { field: "webhook_onRequest", arguments: { name: "alerts" } }) { id webhookUrl } }',
  )
  expect(createFeed.webhookUrl).toMatch(new RegExp(`^${hub.url}/webhooks/[\\w-]{22,}$`))
  await using alertmanager = await startAlertmanager(createFeed.webhookUrl, alertmanagerPort)

  const imported = await client.query<{ importConnector: { connector: { status: string } } }>(
    'mutation ($document: String!) { importConnector(input: { name: "alertmanager", document: $document }) { connector { status } diagnostics { code message } } }',
    { document: readFileSync(document, 'utf8') },
  )
  expect(imported.importConnector.connector.status).not.toBe('QUARANTINED')
  await client.query(
    'mutation ($baseUrl: String!) { createConnection(input: { connector: "alertmanager", name: "local", baseUrl: $baseUrl }) { connection { id } } }',
    { baseUrl: `${alertmanager.origin}/api/v2` },
  )
  const { testConnection } = await client.query<{ testConnection: { ok: boolean } }>(
    'mutation ($id: ID!) { testConnection(id: $id) { ok status message } }',
    {
      id: (
        await client.query<{ connections: { nodes: { id: string }[] } }>(
          '{ connections(connector: "alertmanager") { nodes { id } } }',
        )
      ).connections.nodes[0]?.id,
    },
  )
  expect(testConnection.ok).toBe(true)

  await using events = client.subscribe<Notification>(
    'subscription { webhook_onRequest(name: "alerts") { id cursor time data { method headers body } } }',
  )
  const arriving = events.next(60)
  await waitFor(
    async () =>
      (
        await client.query<{ feed: { subscribers: number } }>(
          `{ feed(id: "${createFeed.id}") { subscribers } }`,
        )
      ).feed.subscribers === 1,
    () => 'The subscription is not there.',
  )
  const posted = await client.query<{ alertmanager_postAlerts: boolean }>(
    `mutation {
      alertmanager_postAlerts(input: [
        { labels: { alertname: "DiskFull", instance: "a b/c&d=é" }, annotations: { summary: "90 % used" } }
        { labels: { alertname: "FanBroken", instance: "z" } }
      ])
    }`,
  )
  expect(posted.alertmanager_postAlerts).toBe(true)

  const find = `query ($filter: [String!]) {
    alertmanager_getAlerts(filter: $filter, inhibited: true) { fingerprint labels status { state silencedBy } }
  }`
  type Found = {
    alertmanager_getAlerts: {
      labels: Record<string, string>
      status: { state: string; silencedBy: string[] }
    }[]
  }
  const found = await client.query<Found>(find, { filter: ['alertname="DiskFull"', 'instance="a b/c&d=é"'] })
  expect(found.alertmanager_getAlerts).toHaveLength(1)
  expect(found.alertmanager_getAlerts[0]?.labels).toEqual({ alertname: 'DiskFull', instance: 'a b/c&d=é' })

  const silenced = await client.query<{ alertmanager_postSilences: { silenceID: string } }>(
    `mutation ($from: DateTime!, $to: DateTime!) {
      alertmanager_postSilences(input: {
        matchers: [{ name: "alertname", value: "DiskFull", isRegex: false }]
        startsAt: $from, endsAt: $to, createdBy: "ada", comment: "on it"
      }) { silenceID }
    }`,
    { from: new Date().toISOString(), to: new Date(Date.now() + 3_600_000).toISOString() },
  )
  const id = silenced.alertmanager_postSilences.silenceID
  await waitFor(
    async () => {
      const again = await client.query<Found>(find, { filter: ['alertname=DiskFull'] })
      return again.alertmanager_getAlerts[0]?.status.silencedBy.includes(id) ?? false
    },
    () => 'The alert is not silenced.',
  )

  const { data } = (await arriving).webhook_onRequest
  expect(data.method).toBe('POST')
  expect(data.headers['user-agent']).toContain('Alertmanager')
  expect(data.body.receiver).toBe('hub')
  expect(data.body.alerts.map(alert => alert.labels.alertname)).toContain('DiskFull')
})
