// The API whose connector is called: on loopback, so that the figures are the hub's. And a document to import.
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

export interface SampleApi extends AsyncDisposable {
  /** Environment of a hub for which api.example.com is this server. */
  readonly env: Readonly<Record<string, string>>
}

const answer = JSON.stringify({ id: 7, title: 'Sample', labels: ['small', 'query'] })

export async function startSampleApi(): Promise<SampleApi> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    env: { JUNCTOR_ORIGINS: `https://api.example.com=${origin}`, JUNCTOR_ALLOW_PRIVATE: origin },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A document with one operation of this name. */
export function sampleDocument(operationId: string): string {
  const properties = {
    id: { type: 'integer' },
    title: { type: 'string' },
    labels: { type: 'array', items: { type: 'string' } },
  }
  const responses = { 200: { description: 'OK', schema: { type: 'object', properties } } }
  return JSON.stringify({
    swagger: '2.0',
    info: { title: 'Sample', version: '1' },
    host: 'api.example.com',
    basePath: '/',
    schemes: ['https'],
    paths: { '/thing': { get: { operationId, responses } } },
  })
}

/** Makes a folder with this one connector in it, called `sample`. */
export async function writeSampleConnector(folder: string): Promise<void> {
  await mkdir(join(folder, 'Sample'), { recursive: true })
  await writeFile(join(folder, 'Sample', 'apiDefinition.swagger.json'), sampleDocument('GetThing'))
}
