// The practical limit: single INSERTs of the same rows, each committed, over as many connections as the hub has.
import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { bodyOf, eventOf } from './messages.ts'

const connections = Number(process.env.BENCH_CONNECTIONS)
const milliseconds = Number(process.env.BENCH_SECONDS) * 1000
const feeds = Array.from({ length: connections }, () => randomUUID())

const clients = await Promise.all(
  feeds.map(async () => {
    const client = new Client({ connectionString: process.env.BENCH_DATABASE })
    await client.connect()
    return client
  }),
)
let done = 0
const end = performance.now() + milliseconds
await Promise.all(
  clients.map(async (client, index) => {
    for (let sequence = 1; performance.now() < end; sequence++) {
      await client.query({
        name: 'insert',
        text: 'insert into bench_event (feed_id, sequence, key, time, data) values ($1, $2, $3, now(), $4)',
        values: [
          feeds[index],
          sequence,
          randomUUID(),
          JSON.stringify(eventOf(sequence, bodyOf(sequence, 0)).data),
        ],
      })
      done++
    }
  }),
)
process.stdout.write(JSON.stringify({ durable: done }))
await Promise.all(clients.map(client => client.end()))
