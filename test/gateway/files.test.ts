// Files: what an API answers in bytes, as fields and as links that stream.
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clientOf, type HubClient, signUp } from '../harness/client.ts'
import { type Hub, startHub, waitFor } from '../harness/hub.ts'
import { type SeenRequest, startUpstream, type UpstreamServer } from '../invocation/upstream-server.ts'

const file = { 200: { description: 'OK', schema: { type: 'file' } } }
const id = { name: 'id', in: 'path', required: true, type: 'string' }
const big = { name: 'big', in: 'query', type: 'integer', format: 'int64' }
const document = (version: string) =>
  JSON.stringify({
    swagger: '2.0',
    info: { title: 'Drive', version },
    host: 'drive.example.com',
    schemes: ['https'],
    produces: ['application/octet-stream'],
    securityDefinitions: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } },
    security: [{ key: [] }],
    paths: {
      '/files/{id}': { get: { operationId: 'Download', parameters: [id, big], responses: file } },
      '/convert': {
        post: {
          operationId: 'Convert',
          parameters: [{ name: 'body', in: 'body', schema: { type: 'string', format: 'binary' } }],
          responses: file,
        },
      },
    },
  })

/** The hub stands behind a proxy that serves it under a path. */
const publicUrl = 'https://hub.example.com/junctor'
const kilobytes = 64
const chunk = Buffer.alloc(kilobytes * 1024, 'x')
/** What the kernel's buffers on both sides of the hub may come to on a busy machine; a file here is twice as large. */
const inSockets = 100 * 1024 * 1024

let upstream: UpstreamServer
let hub: Hub
let ada: HubClient
beforeAll(async () => {
  upstream = await startUpstream()
  hub = await startHub({
    env: {
      JUNCTOR_ORIGINS: `https://drive.example.com=${upstream.origin}`,
      JUNCTOR_ALLOW_PRIVATE: upstream.origin,
      JUNCTOR_PUBLIC_URL: publicUrl,
      JUNCTOR_SIGNUP: 'open',
    },
  })
  ada = await signUp(hub.url)
  await importDrive(ada, '1')
  await connect(ada, 'mine')
}, 60_000)
beforeEach(() => {
  upstream.seen.length = 0
  upstream.answer = report
})
afterAll(async () => {
  await hub[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const report = (_request: SeenRequest, response: ServerResponse): void => {
  response
    .writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': 25,
      'set-cookie': 'a=b',
      'x-internal': '1',
    })
    .end('<script>alert(1)</script>')
}

/** A body of so many chunks, written as fast as the reader takes it; counts what was written. */
function endless(chunks: number) {
  const written = { bytes: 0, closed: false }
  const answer = (_request: SeenRequest, response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/zip', 'content-length': chunks * chunk.length })
    response.on('close', () => {
      written.closed = true
    })
    const more = (): void => {
      while (written.bytes < chunks * chunk.length && !response.destroyed) {
        written.bytes += chunk.length
        if (!response.write(chunk)) return void response.once('drain', more)
      }
      response.end()
    }
    more()
  }
  return { written, answer }
}

async function importDrive(client: HubClient, version: string, connector = 'drive'): Promise<void> {
  await client.query(
    'mutation ($name: String!, $document: String!) { importConnector(input: { name: $name, document: $document, replace: true }) { connector { status } } }',
    { name: connector, document: document(version) },
  )
}

async function connect(client: HubClient, name: string, of = 'drive'): Promise<string> {
  const { connector } = await client.query<{
    connector: { authentications: { name: string; parameters: { name: string }[] }[] }
  }>(`{ connector(name: "${of}") { authentications { name parameters { name } } } }`)
  const [how] = connector.authentications
  const parameters = Object.fromEntries((how?.parameters ?? []).map(each => [each.name, `key-${name}`]))
  const { createConnection } = await client.query<{ createConnection: { connection: { id: string } } }>(
    'mutation ($input: CreateConnectionInput!) { createConnection(input: $input) { connection { id } } }',
    { input: { connector: of, name, authentication: how?.name, parameters } },
  )
  return createConnection.connection.id
}

interface FileFields {
  readonly contentType?: string
  readonly size?: number
  readonly base64?: string
  readonly url?: string | null
}

async function download(client: HubClient, selection: string, more = ''): Promise<FileFields | null> {
  const { drive_download } = await client.query<{ drive_download: FileFields | null }>(
    `{ drive_download(connection: "mine", id: "a/b" ${more}) { ${selection} } }`,
  )
  return drive_download
}

/** Where the hub answers what the proxy serves at the link. */
function reached(url: string | null | undefined): string {
  if (!url?.startsWith(`${publicUrl}/files/`)) throw new Error(`not a link: ${url}`)
  return hub.url + url.slice(publicUrl.length)
}

async function linkOf(client: HubClient): Promise<string> {
  return reached((await download(client, 'url'))?.url)
}

describe('as a field', () => {
  test('a file has its type, size and bytes, from one call', async () => {
    expect(await download(ada, 'contentType size base64')).toEqual({
      contentType: 'text/html; charset=utf-8',
      size: 25,
      base64: Buffer.from('<script>alert(1)</script>').toString('base64'),
    })
    expect(upstream.seen).toHaveLength(1)
  })

  test('the same file twice in one operation is one call, whoever wants its bytes', async () => {
    const field = 'drive_download(connection: "mine", id: "x")'
    const answer = await ada.query(
      `{ a: ${field} { contentType } b: ${field} { base64 } c: ${field} { size base64 } }`,
    )
    const base64 = Buffer.from('<script>alert(1)</script>').toString('base64')
    expect(answer).toEqual({
      a: { contentType: 'text/html; charset=utf-8' },
      b: { base64 },
      c: { size: 25, base64 },
    })
    expect(upstream.seen).toHaveLength(1)
  })

  test('bytes that nobody asks for are not downloaded', async () => {
    const { written, answer } = endless(3_200)
    upstream.answer = answer
    const asked = await download(ada, 'contentType size url')
    expect(asked).toMatchObject({ contentType: 'application/zip', size: 3_200 * chunk.length })
    await waitFor(
      async () => written.closed,
      () => 'the connection stays open',
    )
    expect(written.bytes).toBeLessThan(inSockets)
  })

  test('more bytes than the hub reads are an error of the field, with the link beside it for those who want it', async () => {
    upstream.answer = endless(200).answer
    const { data, errors } = await ada.answer<{ drive_download: FileFields | null }>(
      '{ drive_download(connection: "mine", id: "x") { base64 } }',
    )
    expect(data).toEqual({ drive_download: null })
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'UPSTREAM_INVALID', connector: 'drive' } })
    upstream.answer = endless(200).answer
    expect((await download(ada, 'url'))?.url).toContain('/files/')
  })

  test('what is not there is an error of the field whatever is selected, and nothing is null', async () => {
    upstream.answer = (_request, response) => response.writeHead(404).end()
    const { data, errors } = await ada.answer<unknown>(
      '{ drive_download(connection: "mine", id: "x") { url } }',
    )
    expect(data).toEqual({ drive_download: null })
    expect(errors).toMatchObject([
      { path: ['drive_download'], extensions: { code: 'UPSTREAM_ERROR', http: { status: 404 } } },
    ])
    upstream.answer = (_request, response) => response.writeHead(204).end()
    expect(await download(ada, 'url')).toBeNull()
    upstream.answer = (_request, response) => response.writeHead(200, { 'content-type': 'image/png' }).end()
    expect(await download(ada, 'url size')).toBeNull()
  })

  test('a mutation’s answer has its bytes and no link, since to follow one would be to do it again', async () => {
    const answer = await ada.query(
      'mutation { drive_convert(connection: "mine", input: "AAEC") { contentType size base64 url } }',
    )
    expect(answer).toMatchObject({ drive_convert: { size: 25, url: null } })
    expect(upstream.last().body).toEqual(Buffer.from([0, 1, 2]))
  })
})

describe('as a link', () => {
  test('it makes the call again with the same connection and arguments, and its answer runs nothing', async () => {
    const url = reached((await download(ada, 'url', 'big: 9007199254740993'))?.url)
    upstream.seen.length = 0
    const response = await fetch(url)
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('<script>alert(1)</script>')
    expect(upstream.last()).toMatchObject({ target: '/files/a%2Fb?big=9007199254740993' })
    expect(upstream.last().headers['x-key']).toBe('key-mine')
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-length': '25',
      'content-disposition': 'attachment',
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    })
    for (const name of ['set-cookie', 'x-internal']) expect(response.headers.has(name)).toBe(false)
  })

  test('it says nothing of the call', async () => {
    const url = await linkOf(ada)
    for (const part of url.split(/[/.]/))
      expect(Buffer.from(part, 'base64url').toString('latin1')).not.toMatch(/drive|Download|mine|a\/b/)
  })

  test('HEAD tells of the file and downloads nothing', async () => {
    const { written, answer } = endless(3_200)
    upstream.answer = answer
    const response = await fetch(await linkOf(ada), { method: 'HEAD' })
    expect(response.headers.get('content-length')).toBe(String(3_200 * chunk.length))
    await waitFor(
      async () => written.closed,
      () => 'the connection stays open',
    )
    expect(written.bytes).toBeLessThan(inSockets)
  })

  test('a part is asked for as a part, and anything else that is no range of bytes is answered whole', async () => {
    upstream.answer = ({ headers }, response) => {
      if (headers.range === undefined) return report(upstream.last(), response)
      if (headers.range === 'bytes=99-') return void response.writeHead(416).end()
      response
        .writeHead(206, {
          'content-type': 'text/plain',
          'content-range': 'bytes 0-3/25',
          'accept-ranges': 'bytes',
        })
        .end('part')
    }
    const url = await linkOf(ada)
    const part = await fetch(url, { headers: { range: 'bytes=0-3' } })
    expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([
      206,
      'part',
      'bytes 0-3/25',
    ])
    expect(upstream.last().headers['accept-encoding']).toBe('identity')
    expect((await fetch(url, { headers: { range: 'bytes=99-' } })).status).toBe(416)
    const whole = await fetch(url, { headers: { range: 'lines=1-2' } })
    expect([whole.status, await whole.text()]).toEqual([200, '<script>alert(1)</script>'])
  })

  test('an error of the API is told without what the API said, and nothing is cached', async () => {
    const url = await linkOf(ada)
    upstream.answer = (_request, response) => response.writeHead(500).end('{"secret":"of the API"}')
    const response = await fetch(url)
    expect(response.status).toBe(502)
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    const text = await response.text()
    expect(JSON.parse(text)).toMatchObject({
      errors: [{ extensions: { code: 'UPSTREAM_ERROR', http: { status: 500 } } }],
    })
    expect(text).not.toContain('of the API')
  })

  test('a file that breaks off in the middle is broken for the client, too', async () => {
    const url = await linkOf(ada)
    upstream.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/zip' })
      response.write(chunk)
      setImmediate(() => response.destroy())
    }
    await expect(fetch(url).then(response => response.arrayBuffer())).rejects.toThrow()
    upstream.answer = report
    expect((await fetch(url)).status).toBe(200)
  })
})

describe('a large file', () => {
  const chunks = 3_200
  const size = chunks * chunk.length

  async function opened(url: string): Promise<IncomingMessage> {
    const request = httpGet(url)
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    return response
  }

  test('of 200 MB goes through whole, and no faster than it is read', async () => {
    const url = await linkOf(ada)
    const { written, answer } = endless(chunks)
    upstream.answer = answer
    const response = await opened(url)
    let read = 0
    let ahead = 0
    for await (const piece of response) {
      read += (piece as Buffer).length
      ahead = Math.max(ahead, written.bytes - read)
    }
    expect(read).toBe(size)
    expect(ahead).toBeLessThan(inSockets)
  }, 120_000)

  test('that nobody reads any more stops at the API', async () => {
    const url = await linkOf(ada)
    const { written, answer } = endless(chunks)
    upstream.answer = answer
    const response = await opened(url)
    await once(response, 'readable')
    // Nobody reads: the API fills the buffers on the way and waits.
    let before = -1
    await waitFor(
      async () => {
        const still = before === written.bytes
        before = written.bytes
        await new Promise(resolve => setTimeout(resolve, 250))
        return still
      },
      () => 'the API goes on writing',
    )
    expect(written.bytes).toBeLessThan(inSockets)
    expect(written.closed).toBe(false)
    response.destroy()
    await waitFor(
      async () => written.closed,
      () => 'the connection to the API stays open',
    )
  }, 120_000)
})

describe('a link that leads nowhere says the same whatever the reason', () => {
  async function constantAnswer() {
    const response = await fetch(`${hub.url}/files/nothing`)
    expect(response.status).toBe(404)
    return response.text()
  }

  async function expectDead(url: string): Promise<void> {
    upstream.seen.length = 0
    const response = await fetch(url)
    expect([response.status, await response.text()]).toEqual([404, await constantAnswer()])
    expect(upstream.seen).toHaveLength(0)
  }

  test('changed anywhere, cut, or not a link at all', async () => {
    const url = await linkOf(ada)
    const start = url.indexOf('/files/') + '/files/'.length
    for (let at = start; at < url.length; at += 7) {
      const other = url[at] === 'A' ? 'B' : 'A'
      await expectDead(url.slice(0, at) + other + url.slice(at + 1))
    }
    for (const dead of [
      url.slice(0, -1),
      `${url}A`,
      `${url}/`,
      `${hub.url}/files/`,
      `${hub.url}/files/a.b.c.d.e`,
    ])
      await expectDead(dead)
    expect((await fetch(url)).status).toBe(200)
  })

  test('its connection is gone', async () => {
    const connection = await connect(ada, 'short-lived')
    const { drive_download } = await ada.query<{ drive_download: FileFields }>(
      '{ drive_download(connection: "short-lived", id: "x") { url } }',
    )
    const url = reached(drive_download.url)
    expect((await fetch(url)).status).toBe(200)
    await ada.query('mutation ($id: ID!) { deleteConnection(id: $id) }', { id: connection })
    await expectDead(url)
  })

  test('its person’s grant, membership or key is withdrawn', async () => {
    const owner = await signedUp('owner@example.com')
    const [organization] = await owner.auth<{ id: string }[]>('organization/list')
    const organizationId = organization?.id
    const invite = async (person: Person): Promise<void> => {
      const { id: invitationId } = await owner.auth<{ id: string }>('organization/invite-member', {
        email: person.client.email,
        role: 'member',
        organizationId,
      })
      await person.auth('organization/accept-invitation', { invitationId })
      await person.auth('organization/set-active', { organizationId })
    }
    await importDrive(owner.client, '1', 'shared')
    const connection = await connect(owner.client, 'mine', 'shared')
    const grant = async (person: Person): Promise<string> => {
      const { grantConnection } = await owner.client.query<{ grantConnection: { id: string } }>(
        'mutation ($id: ID!, $to: PrincipalInput!) { grantConnection(id: $id, to: $to, role: USE) { id } }',
        { id: connection, to: { kind: 'USER', id: person.userId } },
      )
      return grantConnection.id
    }
    const linked = async (client: HubClient): Promise<string> => {
      const { shared_download } = await client.query<{ shared_download: FileFields }>(
        `{ shared_download(connection: "${connection}", id: "x") { url } }`,
      )
      const url = reached(shared_download.url)
      expect((await fetch(url)).status).toBe(200)
      return url
    }

    const [bob, carol, dora] = await Promise.all(
      ['bob', 'carol', 'dora'].map(name => signedUp(`${name}@example.com`)),
    )
    if (!bob || !carol || !dora) throw new Error('somebody is missing')
    for (const person of [bob, carol, dora]) await invite(person)
    const bobs = await grant(bob)
    for (const person of [carol, dora]) await grant(person)

    const withGrant = await linked(bob.client)
    await owner.client.query('mutation ($id: ID!) { revokeGrant(id: $id) }', { id: bobs })
    await expectDead(withGrant)

    const asMember = await linked(carol.client)
    await owner.auth('organization/remove-member', { memberIdOrEmail: carol.client.email, organizationId })
    await expectDead(asMember)

    const signedIn = await linked(dora.client)
    await dora.auth('sign-out', {})
    await expectDead(signedIn)
  }, 60_000)

  test('its connector is another version, and the operation may mean something else', async () => {
    const url = await linkOf(ada)
    await importDrive(ada, '2')
    await expectDead(url)
    expect((await fetch(await linkOf(ada))).status).toBe(200)
  })
})

interface Person {
  readonly client: HubClient
  readonly userId: string
  /** Calls better-auth with the person's session: GET without a body. */
  auth<T>(path: string, body?: unknown): Promise<T>
}

async function signedUp(email: string): Promise<Person> {
  const response = await fetch(`${hub.url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: email, email, password: 'correct horse battery' }),
  })
  const headers = { authorization: `Bearer ${response.headers.get('set-auth-token')}` }
  const { user } = (await response.json()) as { user: { id: string } }
  return {
    client: clientOf(hub.url, email, headers),
    userId: user.id,
    async auth<T>(path: string, body?: unknown) {
      const answer = await fetch(`${hub.url}/api/auth/${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
      return (await answer.json()) as T
    },
  }
}
