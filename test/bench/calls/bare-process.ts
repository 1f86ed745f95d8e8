// The practical limit: Node's own server before the bare answer.
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { bareData } from './bare-answer.ts'

const server = createServer(async (request, response) => {
  const { query } = JSON.parse(await text(request)) as { query: string }
  const body = Buffer.from(JSON.stringify({ data: await bareData(query) }))
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify(server.address())}\n`))
