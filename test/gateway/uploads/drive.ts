// A drive that takes bytes in every way that an API can, behind a real hub with small limits, and what uploads to it.
import { type GraphQLAnswer, type HubClient, signUp } from '../../harness/client.ts'
import { type Hub, startHub } from '../../harness/hub.ts'
import { type SeenRequest, startUpstream, type UpstreamServer } from '../../invocation/upstream-server.ts'

const answers = { 200: { description: 'OK', content: { 'application/json': { schema: {} } } } }
const binary = { type: 'string', format: 'binary' }
const body = (type: string, schema: object) => ({ requestBody: { content: { [type]: { schema } } } })
const attachment = {
  type: 'object',
  properties: { name: { type: 'string' }, content: { type: 'string', format: 'byte' } },
}
const document = {
  openapi: '3.0.3',
  info: { title: 'Drive', version: '1' },
  servers: [{ url: 'https://drive.example.com' }],
  paths: {
    '/raw': { post: { operationId: 'PutRaw', ...body('image/png', binary), responses: answers } },
    '/form': {
      post: {
        operationId: 'PutForm',
        ...body('multipart/form-data', {
          type: 'object',
          properties: { file: binary, more: { type: 'array', items: binary }, note: { type: 'string' } },
        }),
        responses: answers,
      },
    },
    '/mail': {
      post: {
        operationId: 'SendMail',
        ...body('application/json', {
          type: 'object',
          properties: { attachments: { type: 'array', items: attachment }, anything: {} },
        }),
        responses: answers,
      },
    },
    '/review': {
      'x-ms-notification-content': { schema: { type: 'object' } },
      post: {
        operationId: 'AskReview',
        ...body('application/json', {
          type: 'object',
          required: ['url'],
          properties: {
            content: { type: 'string', format: 'byte' },
            url: { type: 'string', 'x-ms-notification-url': true, 'x-ms-visibility': 'internal' },
          },
        }),
        responses: { 202: { description: 'Asked' } },
      },
    },
    '/named': {
      get: {
        operationId: 'GetNamed',
        parameters: [
          { name: 'hash', in: 'query', schema: { type: 'string', format: 'byte' } },
          { name: 'any', in: 'query', schema: {} },
        ],
        responses: answers,
      },
    },
  },
}

export interface Drive extends AsyncDisposable {
  readonly upstream: UpstreamServer
  readonly hub: Hub
  readonly ada: HubClient
  /** Sends a multipart request as it is. */
  send(
    payload: FormData | Buffer<ArrayBuffer> | ReadableStream<Uint8Array>,
    headers?: Readonly<Record<string, string>>,
    path?: string,
  ): Promise<{ status: number; answer: GraphQLAnswer<unknown> }>
}

/** One file may have 1 MB and all 2; there may be 4 of them, and 3 MB at once. */
export async function openDrive(): Promise<Drive> {
  const upstream = await startUpstream()
  const hub = await startHub({
    env: {
      JUNCTOR_ORIGINS: `https://drive.example.com=${upstream.origin}`,
      JUNCTOR_UPLOADS: '1,2,4,3',
      JUNCTOR_CALL_RATES: '0,0',
    },
  })
  const ada = await signUp(hub.url)
  await ada.query(
    'mutation ($document: String!) { importConnector(input: { name: "drive", document: $document }) { connector { status } } }',
    { document: JSON.stringify(document) },
  )
  return {
    upstream,
    hub,
    ada,
    async send(payload, headers = {}, path = '/graphql') {
      const response = await fetch(`${hub.url}${path}`, {
        method: 'POST',
        headers: { 'apollo-require-preflight': 'true', ...ada.headers, ...headers },
        body: payload,
        ...(payload instanceof ReadableStream ? { duplex: 'half' as const } : {}),
      })
      return { status: response.status, answer: (await response.json()) as GraphQLAnswer<unknown> }
    },
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]()
      await upstream[Symbol.asyncDispose]()
    },
  }
}

export const putRaw = 'mutation ($file: Upload!) { drive_putRaw(input: $file) }'
export const putForm =
  'mutation ($file: Upload, $more: [Upload!], $note: String) { drive_putForm(file: $file, more: $more, note: $note) }'
export const megabyte = 1024 * 1024

export interface Upload {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly map?: Readonly<Record<string, readonly string[]>> | null
  readonly files: Readonly<Record<string, Blob>>
}

/** The form of the specification, as a browser makes it. */
export function formOf({ query, variables, map, files }: Upload): FormData {
  const form = new FormData()
  form.set('operations', JSON.stringify({ query, variables }))
  if (map !== null) form.set('map', JSON.stringify(map))
  for (const [name, file] of Object.entries(files)) form.set(name, file)
  return form
}

/** The form that reached the API. */
export async function formAt({ body, headers }: SeenRequest): Promise<FormData> {
  return new Response(new Uint8Array(body), {
    headers: { 'content-type': headers['content-type'] ?? '' },
  }).formData()
}

export async function bytesOf(file: FormDataEntryValue | null): Promise<Buffer> {
  if (!(file instanceof Blob)) throw new Error('no file')
  return Buffer.from(await file.arrayBuffer())
}
/** A request written by hand. */
export function handmade(
  ...parts: readonly (readonly [head: string, content: Buffer | string])[]
): Buffer<ArrayBuffer> {
  return Buffer.concat([
    ...parts.flatMap(([head, content]) => [
      Buffer.from(`--x\r\n${head}\r\n\r\n`),
      Buffer.from(content),
      Buffer.from('\r\n'),
    ]),
    Buffer.from('--x--\r\n'),
  ])
}
export const byHand = { 'content-type': 'multipart/form-data; boundary=x' }
export const operations = [
  'content-disposition: form-data; name="operations"',
  JSON.stringify({ query: putForm, variables: { file: null } }),
] as const
export const map = [
  'content-disposition: form-data; name="map"',
  JSON.stringify({ 0: ['variables.file'] }),
] as const
