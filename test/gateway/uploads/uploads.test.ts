// Uploads: files of GraphQL multipart requests, to an API that looks at every byte.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { parse } from 'graphql'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { composeSupergraph } from '../../../src/commands/composition.ts'
import { hubSubgraphSdl } from '../../../src/gateway/index.ts'
import type { HubClient } from '../../harness/client.ts'
import type { Hub } from '../../harness/hub.ts'
import { json, type SeenRequest, type UpstreamServer } from '../../invocation/upstream-server.ts'
import {
  byHand,
  bytesOf,
  type Drive,
  formAt,
  formOf,
  handmade,
  map,
  openDrive,
  operations,
  putForm,
  putRaw,
  type Upload,
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

async function uploaded(upload: Upload, path?: string): Promise<SeenRequest> {
  const { answer } = await send(formOf(upload), {}, path)
  expect(answer.errors).toBeUndefined()
  return upstream.last()
}

describe('a file goes to the API', () => {
  const file = new File([new Uint8Array([0, 255, 13, 10, 45, 45])], 'a.jpg', { type: 'image/jpeg' })
  const one = { variables: { file: null }, map: { 0: ['variables.file'] }, files: { 0: file } }

  test.each(['/graphql', '/graphql/drive'])('as the body, by %s', async path => {
    const seen = await uploaded({ query: putRaw, ...one }, path)
    expect(seen.body).toEqual(await bytesOf(file))
    expect(seen.headers['content-type']).toBe('image/jpeg')
    expect(seen.headers['content-length']).toBe('6')
  })

  test('as parts of a form, with name and type, beside text', async () => {
    const text = new File(['Grüße'], 'Grüße "1".txt', { type: 'text/plain; charset=utf-8' })
    const seen = await uploaded({
      query: putForm,
      variables: { file: null, more: [null, null], note: 'two\nlines' },
      map: { 0: ['variables.file'], 1: ['variables.more.0'], 2: ['variables.more.1'] },
      files: { 0: file, 1: text, 2: new Blob([]) },
    })
    const form = await formAt(seen)
    expect(await bytesOf(form.get('file'))).toEqual(await bytesOf(file))
    expect(form.get('file')).toMatchObject({ name: 'a.jpg', type: 'image/jpeg' })
    const more = form.getAll('more')
    expect(more[0]).toMatchObject({ name: 'Grüße "1".txt', type: 'text/plain; charset=utf-8' })
    expect(await bytesOf(more[0] ?? null)).toEqual(await bytesOf(text))
    expect(more[1]).toMatchObject({ name: 'blob', size: 0 })
    expect(form.get('note')).toBe('two\nlines')
  })

  test('as base64 inside JSON, and as an envelope where the document does not say what is there', async () => {
    const seen = await uploaded({
      query: 'mutation ($input: drive_SendMailInput!) { drive_sendMail(input: $input) }',
      variables: {
        input: { attachments: [{ name: 'a', content: null }, { content: 'AAEC' }], anything: [null] },
      },
      map: { 0: ['variables.input.attachments.0.content', 'variables.input.anything.0'] },
      files: { 0: file },
    })
    const content = (await bytesOf(file)).toString('base64')
    expect(JSON.parse(seen.body.toString())).toEqual({
      attachments: [{ name: 'a', content }, { content: 'AAEC' }],
      anything: [{ '$content-type': 'image/jpeg', $filename: 'a.jpg', $content: content }],
    })
  })

  test('of a webhook action, which the hub writes down before it asks', async () => {
    const seen = await uploaded({
      query: 'mutation ($file: Upload!) { drive_askReview(input: { content: $file }) { id } }',
      ...one,
    })
    expect(JSON.parse(seen.body.toString())).toMatchObject({
      content: (await bytesOf(file)).toString('base64'),
      url: expect.stringContaining('/webhooks/'),
    })
  })

  test('over server-sent events, too', async () => {
    const response = await fetch(`${hub.url}/graphql`, {
      method: 'POST',
      headers: { ...ada.headers, accept: 'text/event-stream', 'apollo-require-preflight': 'true' },
      body: formOf({ query: putRaw, ...one }),
    })
    expect(await response.text()).toContain('data: {"data":{"drive_putRaw":{"ok":true}}}')
    expect(upstream.last().body).toEqual(await bytesOf(file))
  })

  test('base64 and envelopes are Uploads without a multipart request', async () => {
    await ada.query(putRaw, { file: 'AAEC' })
    expect(upstream.last()).toMatchObject({ body: Buffer.from([0, 1, 2]) })
    expect(upstream.last().headers['content-type']).toBe('image/png')
    const envelope = { '$content-type': 'image/gif', $filename: 'b.gif', $content: 'AAEC' }
    await ada.query(putForm, { file: envelope })
    expect((await formAt(upstream.last())).get('file')).toMatchObject({ name: 'b.gif', type: 'image/gif' })
    const split = await ada.answer(putForm, {
      file: { ...envelope, '$content-type': 'image/gif\r\nx-evil: 1' },
    })
    expect(split.errors?.[0]).toMatchObject({ extensions: { code: 'ARGUMENT_INVALID', argument: 'file' } })
  })

  test('and is not made twice where the API fails', async () => {
    upstream.answer = json({}, 503)
    const { answer } = await send(formOf({ query: putRaw, ...one }))
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_ERROR', http: { status: 503 } })
    expect(upstream.seen).toHaveLength(1)
  })
})
test('any bytes under any name arrive as they were sent, in whatever pieces', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 5_000 }),
    fc
      .array(fc.constantFrom('\r\n--x', '\r\n--x--\r\n'.slice(0, -5), '--', '\r\n', '\0', 'ÿ'), {
        maxLength: 40,
      })
      .map(pieces => new Uint8Array(Buffer.from(pieces.join('')))),
    fc.integer({ min: 60_000, max: 200_000 }).map(size => new Uint8Array(size).fill(13)),
  )
  // A file without a name has none on the wire either.
  const name = fc
    .oneof(
      fc.string({ unit: 'grapheme' }),
      fc
        .array(fc.constantFrom('"', '\r', '\n', '\\', ';', '%22', '=', 'é', '漢', '😀', '/', 'a'))
        .map(pieces => pieces.join('')),
    )
    .filter(text => text !== '')
  const types = fc.constantFrom('', 'text/x; a="b;c"')
  const pieces = fc.integer({ min: 1, max: 40 })
  await fc.assert(
    fc.asyncProperty(bytes, name, types, pieces, async (data, fileName, type, count) => {
      const form = formOf({
        query: putForm,
        variables: { file: null },
        map: { 0: ['variables.file'] },
        files: { 0: new File([data], fileName, { type }) },
      })
      const request = new Response(form)
      const sent = Buffer.from(await request.arrayBuffer())
      const headers = { 'content-type': request.headers.get('content-type') ?? '' }
      const { answer } = await send(inPieces(sent, count), headers)
      expect(answer.errors).toBeUndefined()
      const arrived = upstream.last()
      // Compared as a whole: vitest would look at each of them.
      expect((await bytesOf((await formAt(arrived)).get('file'))).equals(data)).toBe(true)
      // The line that names the file is the client's own, to the octet.
      expect(headOf(arrived.body, 'file')).toBe(headOf(sent, '0'))
    }),
    { numRuns: 150 },
  )

  function inPieces(whole: Buffer, count: number): ReadableStream<Uint8Array> {
    const size = Math.ceil(whole.length / count)
    let sent = 0
    return new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(whole.subarray(sent, sent + size)))
        sent += size
        if (sent >= whole.length) controller.close()
      },
    })
  }

  /** File name and type as they stand in the head of a part. */
  function headOf(form: Buffer, part: string): string {
    const text = form.toString('latin1')
    const start = text.indexOf(`name="${part}"; `)
    return text.slice(start + `name="${part}"; `.length, text.indexOf('\r\n\r\n', start))
  }
})
describe('names as other clients write them', () => {
  test.each([
    ['a"b\\c.txt', 'filename="a\\"b\\\\c.txt"'],
    ['a\\b.txt', 'filename="a\\b.txt"'],
    ['naïve.txt', "filename*=UTF-8''na%C3%AFve.txt"],
    ['plain.txt', 'filename=plain.txt'],
  ])('%s', async (name, parameter) => {
    const { answer } = await send(
      handmade(operations, map, [`content-disposition: form-data; name="0"; ${parameter}`, 'bytes']),
      byHand,
    )
    expect(answer.errors).toBeUndefined()
    const file = (await formAt(upstream.last())).get('file')
    expect(file).toMatchObject({ name, type: 'application/octet-stream' })
  })
})
test('a router is told what an Upload is', async () => {
  const { answer } = await send(
    handmade(
      [operations[0], JSON.stringify({ query: '{ _service { sdl } }' })],
      ['content-disposition: form-data; name="map"', '{}'],
    ),
    byHand,
    '/graphql/drive',
  )
  const { sdl } = (answer.data as { _service: { sdl: string } })._service
  expect(sdl).toContain('scalar Upload')
  expect(sdl).toMatch(/drive_putRaw\([^)]*input: Upload/)
  // What stands in an address takes text.
  expect(sdl).toMatch(/drive_getNamed\([^)]*hash: String/)
  const hubSdl = parse(readFileSync(join(import.meta.dirname, '../../../schema/hub.graphql'), 'utf8'))
  const subgraph = (name: string, text: string) => ({
    name,
    url: `${hub.url}/graphql/${name}`,
    typeDefs: parse(text),
  })
  const composed = await composeSupergraph([subgraph('hub', hubSubgraphSdl(hubSdl)), subgraph('drive', sdl)])
  expect(composed).not.toHaveProperty('faults')
})
