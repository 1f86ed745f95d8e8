// A small API of somebody's: which books a library has on a subject. Its document is written for where it listens.
import { once } from 'node:events'
import { createServer } from 'node:http'

const books = [
  { isbn: '9780262033848', title: 'Introduction to Algorithms', subject: 'computing', copies: 3 },
  { isbn: '9780201896831', title: 'Fundamental Algorithms', subject: 'computing', copies: 1 },
  { isbn: '9780140449136', title: 'Crime and Punishment', subject: 'fiction', copies: 2 },
]

export interface Library extends AsyncDisposable {
  readonly origin: string
  /** OpenAPI, as text. */
  readonly document: string
}

export async function startLibrary(): Promise<Library> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://library')
    const found = books.filter(({ subject }) => subject === searchParams.get('subject'))
    response.statusCode = pathname === '/books' ? 200 : 404
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(found))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port.')
  const origin = `http://127.0.0.1:${address.port}`
  return {
    origin,
    document: JSON.stringify(documentAt(origin)),
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function documentAt(origin: string): object {
  const properties = {
    isbn: { type: 'string' },
    title: { type: 'string' },
    subject: { type: 'string' },
    copies: { type: 'integer', format: 'int32' },
  }
  const found = { type: 'array', items: { $ref: '#/components/schemas/Book' } }
  return {
    openapi: '3.0.3',
    info: { title: 'Library', version: '1' },
    servers: [{ url: origin }],
    paths: {
      '/books': {
        get: {
          operationId: 'findBooks',
          parameters: [{ name: 'subject', in: 'query', required: true, schema: { type: 'string' } }],
          responses: { 200: { description: 'Found', content: { 'application/json': { schema: found } } } },
        },
      },
    },
    components: { schemas: { Book: { type: 'object', properties } } },
  }
}
