// Who fans an event out: this hub, `ws` alone, and graphql-ws with graphql-js for each client.
import { join } from 'node:path'
import { signUp } from '../../harness/client.ts'
import { startProgram } from '../../harness/program.ts'
import { startMeasuredHub } from '../measure/measured-hub.ts'

export interface Contender {
  readonly name: 'bare' | 'hub' | 'peer'
  readonly pid: number
  readonly socket: { readonly url: string; readonly headers: Readonly<Record<string, string>> }
  /** Makes an event of the body. */
  publish(body: unknown): Promise<void>
  /** Clients that would be told of an event now. */
  subscribed(): Promise<number>
}

async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`)
  await response.arrayBuffer()
}

export interface MeasuredFeedHub extends Contender {
  readonly url: string
  readonly webhookUrl: string
  /** The URL of a new durable feed's webhook. */
  anotherFeed(name: string): Promise<string>
}

/** With somebody signed in by API key and a durable feed; PostgreSQL at `database`, or the embedded one. */
export async function startHub(
  stack: AsyncDisposableStack,
  work: string,
  database?: string,
  more: Readonly<Record<string, string>> = {},
): Promise<MeasuredFeedHub> {
  const env = { ...more, ...(database === undefined ? {} : { DATABASE_URL: database }) }
  const hub = stack.use(await startMeasuredHub({ dataFolder: join(work, 'hub'), env }))
  const client = await signUp(hub.url)
  async function anotherFeed(name: string): Promise<string> {
    const { createFeed } = await client.query<{ createFeed: { webhookUrl: string } }>(
      'mutation ($arguments: JSON!) { createFeed(input: { field: "webhook_onRequest", arguments: $arguments }) { webhookUrl } }',
      { arguments: { name } },
    )
    return `${hub.url}${new URL(createFeed.webhookUrl).pathname}`
  }
  const webhookUrl = await anotherFeed('bench')
  return {
    name: 'hub',
    url: hub.url,
    pid: hub.pid,
    webhookUrl,
    anotherFeed,
    socket: { url: `${hub.url.replace('http', 'ws')}/graphql`, headers: client.headers },
    publish: body => post(webhookUrl, body),
    async subscribed() {
      const text = await (await fetch(`${hub.url}/metrics`)).text()
      return Number(/^junctor_subscribers (\d+)$/m.exec(text)?.[1] ?? 0)
    },
  }
}

export async function startProgramContender(
  stack: AsyncDisposableStack,
  name: 'bare' | 'peer',
): Promise<Contender> {
  const file = { bare: 'bare-ws-process.ts', peer: 'graphql-ws-process.ts' }[name]
  const { url, pid } = stack.use(await startProgram(join(import.meta.dirname, file), {}))
  return {
    name,
    pid,
    socket: { url: url.replace('http', 'ws'), headers: {} },
    publish: body => post(url, body),
    subscribed: async () => Number(await (await fetch(url)).text()),
  }
}
