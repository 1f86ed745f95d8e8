// What of uploads is refused, each by a name: what cannot be read, who may not, and what is too much.
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { HubClient } from '../../harness/client.ts'
import { type Hub, waitFor } from '../../harness/hub.ts'
import { json, type UpstreamServer } from '../../invocation/upstream-server.ts'
import {
  byHand,
  type Drive,
  formAt,
  formOf,
  handmade,
  map,
  megabyte,
  openDrive,
  operations,
  putForm,
  putRaw,
} from './drive.ts'

let drive: Drive
let upstream: UpstreamServer
let hub: Hub
let ada: HubClient
let send: Drive['send']
beforeAll(async () => {
  drive = await openDrive()
  ;({ upstream, hub, ada, send } = drive)
}, 60_000)
beforeEach(() => {
  upstream.seen.length = 0
  upstream.answer = json({ ok: true })
})
afterAll(() => drive[Symbol.asyncDispose]())

describe('what cannot be read is refused before anything is called', () => {
  const file = ['content-disposition: form-data; name="0"; filename="a"', 'bytes'] as const
  const text = (name: string, content: string) =>
    [`content-disposition: form-data; name="${name}"`, content] as const
  const latin = Buffer.concat([
    Buffer.from('--x\r\ncontent-disposition: form-data; name="0"; filename="'),
    Buffer.from([0xe9]),
    Buffer.from('"\r\n\r\nbytes\r\n--x--\r\n'),
  ])
  test.each<readonly [string, Buffer<ArrayBuffer>, RegExp]>([
    ['no operations', handmade(map, file), /no part `operations`/],
    ['no map', handmade(operations, file), /no part `map`/],
    ['no file', handmade(operations, map), /names the part "0", which did not come/],
    ['a file without a place', handmade(operations, text('map', '{}'), file), /no place for the part "0"/],
    ['a part twice', handmade(operations, map, file, file), /the part "0" comes twice/],
    ['operations that are no JSON', handmade(text('operations', '{'), map, file), /`operations` is no JSON/],
    ['a batch', handmade(text('operations', '[]'), map, file), /one operation in a request/],
    ['a map that is no JSON', handmade(operations, text('map', 'x'), file), /`map` is no JSON/],
    ['a map of text', handmade(operations, text('map', '{"0":"variables.file"}'), file), /lists of paths/],
    ...['variables', 'variables.other', 'query', 'variables.file.0', 'variables.__proto__.x', '', 'file'].map(
      path =>
        [
          `a map to ${path}`,
          handmade(operations, text('map', JSON.stringify({ 0: [path] })), file),
          /has no null there/,
        ] as const,
    ),
    [
      'one place for two',
      handmade(operations, text('map', '{"0":["variables.file"],"1":["variables.file"]}'), file, [
        'content-disposition: form-data; name="1"',
        '',
      ]),
      /has no null there/,
    ],
    ['no last boundary', handmade(operations, map, file).subarray(0, -8), /breaks off/],
    ['no boundary at all', Buffer.from('nothing'), /breaks off/],
    ['no parts', Buffer.from('--x--\r\n'), /no part `operations`/],
    ['a head without an end', Buffer.from('--x\r\ncontent-disposition: form-data\r\n--x--\r\n'), /head/],
    [
      'a part without a name',
      handmade(operations, map, ['content-type: text/plain', 'bytes']),
      /Content-Disposition/,
    ],
    ['a name in Latin-1', latin, /not UTF-8/],
    [
      'base64 as a transfer encoding',
      handmade(operations, map, [`${file[0]}\r\ncontent-transfer-encoding: base64`, 'AAEC']),
      /Transfer-Encoding/,
    ],
    [
      'a content type that is none',
      handmade(operations, map, [`${file[0]}\r\ncontent-type: nonsense`, '']),
      /Content-Type/,
    ],
    [
      'a head that is too long',
      handmade(operations, map, [`${file[0]}\r\nx: ${'y'.repeat(90_000)}`, '']),
      /longer than/,
    ],
  ])('%s', async (_what, payload, complaint) => {
    const { status, answer } = await send(payload, byHand)
    expect(answer.errors?.[0]).toMatchObject({
      message: expect.stringMatching(complaint),
      extensions: { code: 'BAD_INPUT' },
    })
    expect(status).toBe(400)
    expect(upstream.seen).toHaveLength(0)
  })

  test('a Content-Type without a boundary', async () => {
    const { answer } = await send(Buffer.from(''), { 'content-type': 'multipart/form-data' })
    expect(answer.errors?.[0]?.message).toContain('names no boundary')
  })

  test('a file where text belongs, which the error does not quote', async () => {
    const secret = Buffer.from('what the file holds').toString('base64')
    const upload = {
      variables: { value: null },
      map: { 0: ['variables.value'] },
      files: { 0: new File(['what the file holds'], 'a.txt') },
    }
    for (const query of [
      'mutation ($value: String) { drive_putForm(note: $value) }',
      'query ($value: String) { drive_getNamed(hash: $value) }',
      'query ($value: Upload) { drive_getNamed(hash: $value) }',
      'query ($value: JSON) { drive_getNamed(any: $value) }',
    ]) {
      const { answer } = await send(formOf({ query, ...upload }))
      expect(answer.errors).toHaveLength(1)
      expect(JSON.stringify(answer)).not.toContain(secret)
    }
    expect(upstream.seen).toHaveLength(0)
  })
})
describe('who may upload', () => {
  const upload = formOf({
    query: putRaw,
    variables: { file: null },
    map: { 0: ['variables.file'] },
    files: { 0: new Blob(['x']) },
  })

  test('no foreign page: a header that needs a preflight must be there', async () => {
    for (const path of ['/graphql', '/graphql/drive']) {
      const { status, answer } = await send(upload, { 'apollo-require-preflight': '' }, path)
      expect(status).toBe(400)
      expect(answer.errors?.[0]?.message).toContain('apollo-require-preflight')
    }
    expect(upstream.seen).toHaveLength(0)
    const named = { 'apollo-require-preflight': '', 'x-apollo-operation-name': 'Put' }
    expect((await send(upload, named)).answer.errors).toBeUndefined()
  })

  test('nobody who is not signed in', async () => {
    const { status, answer } = await send(upload, { 'x-api-key': '' })
    expect(status).toBe(401)
    expect(answer.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
  })
})

describe('how much may be uploaded', () => {
  const places = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, place) => [place, [`variables.more.${place}`]]))
  const several = (sizes: readonly number[]): FormData =>
    formOf({
      query: putForm,
      variables: { more: sizes.map(() => null) },
      map: places(sizes.length),
      files: Object.fromEntries(sizes.map((size, place) => [place, new Blob([new Uint8Array(size)])])),
    })

  test('as much as the limits say arrives', async () => {
    const { answer } = await send(several([megabyte, megabyte - 1, 1, 0]))
    expect(answer.errors).toBeUndefined()
    const arrived = (await formAt(upstream.last())).getAll('more')
    expect(arrived.map(file => (file instanceof Blob ? file.size : -1))).toEqual([
      megabyte,
      megabyte - 1,
      1,
      0,
    ])
  })

  test.each([
    ['a file', [megabyte + 1], /1 MB, the limit of one file.*first number of JUNCTOR_UPLOADS/],
    ['all files', [megabyte, megabyte, 1], /2 MB together, the limit of one request.*second number/],
    ['a number of files', [1, 1, 1, 1, 1], /4 files, the limit of one request.*third number/],
    ['a request', [60 * megabyte], /2 MB together/],
  ])('%s beyond its limit is refused by a name', async (_what, sizes, complaint) => {
    const { status, answer } = await send(several(sizes))
    expect(answer.errors?.[0]).toMatchObject({
      message: expect.stringMatching(complaint),
      extensions: { code: 'PAYLOAD_TOO_LARGE' },
    })
    expect(status).toBe(413)
    expect(upstream.seen).toHaveLength(0)
  })

  test('what others hold is not there, and is given back: by answers, and by those who go away', async () => {
    const head = [
      'POST /graphql HTTP/1.1',
      `host: localhost:${hub.port}`,
      `x-api-key: ${ada.headers['x-api-key']}`,
      'apollo-require-preflight: true',
      'content-type: multipart/form-data; boundary=x',
      `content-length: ${2 * megabyte}`,
    ]
    const halves = new Set<Socket>()
    const half = (): void => {
      const socket = connect(hub.port, 'localhost')
      halves.add(socket)
      socket.write(`${head.join('\r\n')}\r\n\r\n--x\r\n`)
      socket.write('content-disposition: form-data; name="0"; filename="a"\r\n\r\n')
      socket.write(new Uint8Array(megabyte - 1))
      // Refused, since another request was just there.
      socket.once('data', () => {
        socket.destroy()
        halves.delete(socket)
        half()
      })
    }
    half()
    half()
    const one = () => send(several([megabyte, megabyte / 2]))
    let refused = await one()
    await waitFor(
      async () => {
        refused = await one()
        return refused.status === 429
      },
      () => 'nothing is refused',
      10,
    )
    expect(refused.answer.errors?.[0]).toMatchObject({
      message: expect.stringMatching(/3 MB of uploads already.*fourth number of JUNCTOR_UPLOADS/),
      extensions: { code: 'RATE_LIMITED', retryAfter: 1 },
    })
    for (const socket of halves) socket.destroy()
    await waitFor(
      async () => (await one()).status === 200,
      () => 'the room is not given back',
      10,
    )
    for (let round = 0; round < 10; round++) expect((await one()).status).toBe(200)
    expect(hub.output()).not.toContain('failed unexpectedly')
  })
})
