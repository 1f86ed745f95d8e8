// The API in a process of its own. Answers are made once, so that its own cost is next to nothing.
import { createServer } from 'node:http'
import { apiKey, makeThing } from './things.ts'

const answers = new Map<string, Buffer>()

function answerTo(path: string): Buffer {
  const known = answers.get(path)
  if (known) return known
  const count = /^\/things\?count=(\d+)$/.exec(path)?.[1]
  const body =
    count === undefined
      ? makeThing(Number(path.slice('/things/'.length)))
      : { value: Array.from({ length: Number(count) }, (_, index) => makeThing(index)) }
  const made = Buffer.from(JSON.stringify(body))
  answers.set(path, made)
  return made
}

const server = createServer((request, response) => {
  if (request.headers['x-api-key'] !== apiKey) return response.writeHead(401).end()
  const body = answerTo(request.url ?? '')
  return response
    .writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
    .end(body)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify(server.address())}\n`))
