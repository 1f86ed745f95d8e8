// Many real graphql-ws clients in a process of their own, which counts what they are told.
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { document, subscriptionId } from './messages.ts'

interface Told {
  readonly webhook_onRequest: { readonly data: { readonly body: { readonly sent: number } } }
}

const count = Number(process.env.BENCH_COUNT)
const url = process.env.BENCH_URL ?? ''
const people = JSON.parse(process.env.BENCH_HEADERS ?? '[]') as Record<string, string>[]
/** Clients that connect at the same time. */
const lanes = 20

let received = 0
let expected = Number.POSITIVE_INFINITY
let milliseconds: number[] = []
const now = () => performance.timeOrigin + performance.now()

function told({ webhook_onRequest }: Told): void {
  received++
  if (received % 10 === 0) milliseconds.push(now() - webhook_onRequest.data.body.sent)
  if (received < expected) return
  process.send?.({ done: now(), received, milliseconds })
  expected = Number.POSITIVE_INFINITY
}

function open(connectionParams: Record<string, string> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const client = createClient({
      url,
      webSocketImpl: WebSocket,
      connectionParams,
      generateID: () => subscriptionId,
      retryAttempts: 0,
      on: { connected: () => resolve(), error: reject },
    })
    client.subscribe<Told>(
      { query: document },
      {
        next: ({ data, errors }) => {
          if (errors || !data) throw new Error(JSON.stringify(errors))
          told(data)
        },
        error: error => {
          throw new Error(`A client was cut: ${JSON.stringify(error)}`)
        },
        complete: () => undefined,
      },
    )
  })
}

let left = count
await Promise.all(
  Array.from({ length: lanes }, async () => {
    while (left-- > 0) await open(people[left % people.length])
  }),
)
process.on('message', (message: { readonly expect: number }) => {
  received = 0
  milliseconds = []
  expected = message.expect * count
  process.send?.({ counting: true })
})
process.on('disconnect', () => process.exit())
process.send?.({ ready: true })
