// Posts webhooks from a process of its own, over many connections, as fast as they are answered. On bare sockets: an HTTP
// client takes as much of the two processors as the hub does, and it is the hub that is measured.
import { connect } from 'node:net'
import { bodyOf } from './messages.ts'

const urls = (JSON.parse(process.env.BENCH_URLS ?? '[]') as string[]).map(url => new URL(url))
const connections = Number(process.env.BENCH_CONNECTIONS)
const { hostname, port } = urls[0] ?? new URL('http://missing')
/** With the status and the length of the body. */
const headOf = /^HTTP\/1\.1 (\d+) .*?\r\ncontent-length: (\d+)\r\n.*?\r\n\r\n/s

let asked = 0
let failed = 0
const latencies: number[] = []
const end = performance.now() + Number(process.env.BENCH_SECONDS) * 1000
await Promise.all(Array.from({ length: connections }, postUntilEnd))

function postUntilEnd(): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const socket = connect({ host: hostname, port: Number(port), noDelay: true }).setEncoding('latin1')
  let started = 0
  let answer = ''
  const post = () => {
    started = performance.now()
    if (started > end) {
      socket.destroy()
      resolve()
    } else socket.write(requestOf(asked++, started))
  }
  socket.on('connect', post)
  socket.on('data', part => {
    answer += part
    const [head, status, length] = headOf.exec(answer) ?? []
    if (head === undefined || answer.length < head.length + Number(length)) return
    if (status === '202') latencies.push(performance.now() - started)
    else failed++
    answer = ''
    post()
  })
  socket.on('error', reject)
  socket.on('close', () => reject(new Error(`The hub closed a connection: ${answer}`)))
  return promise
}

function requestOf(n: number, sent: number): string {
  const { host, pathname } = urls[n % urls.length] ?? new URL('http://missing')
  const body = JSON.stringify(bodyOf(n, sent))
  return `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

latencies.sort((a, b) => a - b)
const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? null
process.stdout.write(
  JSON.stringify({ durable: latencies.length, failed, milliseconds: { p50: at(0.5), p99: at(0.99) } }),
)
