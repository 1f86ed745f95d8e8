// Hooks: code that stands in for a package's script, through the invoker and a process of its own.
import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { secret } from '../../src/secret.ts'
import { policy, wire } from '../invocation/definitions.ts'
import { failureOf } from '../invocation/open-invoker.ts'
import { json, type SeenRequest, startUpstream } from '../invocation/upstream-server.ts'
import { definitionIn, openHooked, packageWithHook, signedNotes } from './fixtures/hooked.ts'

function signatureOf({ method, target, headers, body }: SeenRequest): string {
  const digest = createHash('sha256').update(body).digest('base64')
  const text = [method, target, headers['x-notes-date'], digest].join('\n')
  return `NOTES ada:${createHmac('sha256', 'a signing key').update(text).digest('base64')}`
}

/** Answers with what `value` is, as JSON. */
const answering = (value: string) =>
  `return { status: 200, headers: new Headers({ 'content-type': 'application/json' }), body: context.json.print(${value}) }`

describe('the example', () => {
  test('signs what is sent and takes the answer out of its envelope, integers exact', async () => {
    await using upstream = await startUpstream()
    await using hooked = await openHooked({ upstream: upstream.origin })
    const definition = await definitionIn(signedNotes)
    upstream.answer = json('{"notes":[{"id":9007199254740993,"text":"é"}]}')
    const given = wire({ query: { author: 'Zoë & co' } })
    const listed = await hooked.call(definition, 'ListNotes', { arguments: given })
    expect(listed).toMatchObject({ status: 200, body: [{ id: 9007199254740993n, text: 'é' }] })
    expect(upstream.last().target).toBe('/v1/notes?author=Zo%C3%AB%20%26%20co')
    expect(upstream.last().headers.authorization).toBe(signatureOf(upstream.last()))
    expect(upstream.last().headers['x-notes-account']).toBe('ada')
    expect(upstream.last().headers).not.toHaveProperty('x-notes-key')

    upstream.answer = json('{"note":{"id":1}}')
    const added = await hooked.call(definition, 'AddNote', { arguments: wire({}, { text: 'tea' }) })
    expect(added.body).toEqual({ id: 1 })
    expect(upstream.last().body.toString()).toBe('{"text":"tea"}')
    expect(upstream.last().headers.authorization).toBe(signatureOf(upstream.last()))
  })

  test('leaves what it does not name to SCRIPT_REQUIRED, and what has no script to the hub', async () => {
    await using upstream = await startUpstream()
    await using hooked = await openHooked({ upstream: upstream.origin })
    const definition = await definitionIn(signedNotes)
    expect(await failureOf(hooked.call(definition, 'ExportNotes'))).toMatchObject({
      code: 'SCRIPT_REQUIRED',
      message: expect.stringMatching(/^ExportNotes of Signed notes .*hooks\.ts/),
      details: { operation: 'ExportNotes' },
    })
    expect(upstream.seen).toEqual([])
    await hooked.call(definition, 'GetStatus')
    expect(upstream.last().path).toBe('/v1/status')
    expect(upstream.last().headers).not.toHaveProperty('authorization')
  })
})

describe('a hook', () => {
  test('that passes everything on changes nothing', async () => {
    await using upstream = await startUpstream()
    await using hooked = await openHooked({ upstream: upstream.origin })
    await using passing = await packageWithHook('return await context.send(context.request)')
    const through = await definitionIn(passing.folder)
    const direct = { ...through, hooks: null }
    const text = fc.string({ unit: 'binary' })
    const media = fc.constantFrom(
      'application/json',
      'text/plain; charset=latin1',
      'application/octet-stream',
    )
    const values = fc.record({
      author: text,
      body: fc.uint8Array(),
      media,
      header: fc.stringMatching(/^[!-~]{1,20}$/),
    })
    await fc.assert(
      fc.asyncProperty(values, async ({ author, body, media, header }) => {
        upstream.answer = (_request, response) =>
          response.writeHead(200, { 'content-type': media, 'x-odd': header }).end(body)
        const call = async (definition: typeof through) => {
          const given = wire({ query: { author } })
          const result = await hooked
            .call(definition, 'ListNotes', { arguments: given })
            .then(({ headers, ...rest }) => ({
              ...rest,
              type: headers['content-type'],
              odd: headers['x-odd'],
            }))
            .catch(error => error.message)
          const { target, headers: sent, body: received } = upstream.last()
          return { result, target, sent, received, calls: upstream.seen.splice(0).length }
        }
        expect(await call(through)).toEqual(await call(direct))
      }),
      { numRuns: 50 },
    )
  })

  test('comes behind the request policies and before the response policies', async () => {
    await using upstream = await startUpstream()
    await using hooked = await openHooked({ upstream: upstream.origin })
    await using made = await packageWithHook(
      answering(`{ url: context.request.url, original: context.originalUrl, id: context.operationId }`),
    )
    const definition = await definitionIn(made.folder)
    const policies = [
      policy('setqueryparameter', { name: 'added', value: 'yes', existsAction: 'override' }),
      policy(
        'setheader',
        { name: 'Location', value: 'https://notes.example.com/1' },
        { section: 'response' },
      ),
    ]
    const result = await hooked.call({ ...definition, policies }, 'ExportNotes')
    expect(result.body).toEqual({
      url: 'https://notes.example.com/v1/export?added=yes',
      original: 'https://notes.example.com/v1/export',
      id: 'ExportNotes',
    })
    expect(result.headers.location).toBe('https://notes.example.com/1')
    expect(upstream.seen).toEqual([])
  })

  test('has what the contract says in its context', async () => {
    await using upstream = await startUpstream()
    await using hooked = await openHooked({ upstream: upstream.origin })
    await using made = await packageWithHook(`
      const { crypto, base64, json, request } = context
      const hex = bytes => [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('')
      request.headers.append('X-Many', 'one')
      request.headers.append('x-many', 'two')
      const sent = await context.send({ ...request, method: 'POST', body: json.print({ n: 2n ** 60n }) })
      ${answering(`{
        hash: hex(crypto.hash('sha256', 'abc')),
        hmac: hex(crypto.hmac('sha1', 'key', new Uint8Array([1, 2]))),
        base64: base64.encode(base64.decode('_-8')),
        parameters: context.connectionParameters,
        bytes: sent.body.constructor.name,
        answer: json.parse(sent.body),
        type: sent.headers.get('CONTENT-type'),
        correlated: context.correlationId.length,
        now: context.now().getTime(),
        aborted: context.signal.aborted,
      }`)}`)
    upstream.answer = json('{"n":1152921504606846977}')
    const before = Date.now()
    const { body } = await hooked.call(await definitionIn(made.folder), 'ListNotes')
    expect(body).toMatchObject({
      hash: createHash('sha256').update('abc').digest('hex'),
      hmac: createHmac('sha1', 'key')
        .update(Buffer.from([1, 2]))
        .digest('hex'),
      base64: '/+8=',
      parameters: { account: 'ada', key: Buffer.from('a signing key').toString('base64') },
      bytes: 'Uint8Array',
      answer: { n: 1152921504606846977n },
      type: 'application/json',
      correlated: 36,
      aborted: false,
    })
    const { now } = body as { now: number }
    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(Date.now())
    expect(upstream.last()).toMatchObject({ method: 'POST', headers: { 'x-many': 'one, two' } })
    expect(upstream.last().body.toString()).toBe('{"n":1152921504606846976}')
  })

  test('makes several calls at once, and takes or leaves redirects', async () => {
    await using upstream = await startUpstream()
    await using hooked = await openHooked({ upstream: upstream.origin })
    await using made = await packageWithHook(`
      const url = path => new URL(path, context.request.url).href
      const sends = [...'abcdefghijkl'].map(name => context.send({ ...context.request, url: url('/' + name) }))
      const all = await Promise.all(sends)
      const left = await context.send({ ...context.request, url: url('/moved') }, { redirect: 'manual' })
      const taken = await context.send({ ...context.request, url: url('/moved') })
      ${answering(`{ all: all.map(({ body }) => context.json.parse(body)), left: left.status, taken: taken.status }`)}`)
    upstream.answer = ({ path }, response) =>
      path === '/moved'
        ? response.writeHead(302, { location: '/there' }).end()
        : response.writeHead(200).end(JSON.stringify(path))
    const { body } = await hooked.call(await definitionIn(made.folder), 'ListNotes')
    expect(body).toEqual({ all: [...'abcdefghijkl'].map(name => `/${name}`), left: 302, taken: 200 })
  })

  test('that passes an error on gives the API’s error, secrets taken out', async () => {
    await using upstream = await startUpstream()
    await using hooked = await openHooked({ upstream: upstream.origin })
    upstream.answer = json(
      { message: `no account has ${Buffer.from('a signing key').toString('base64')}` },
      403,
    )
    const error = await failureOf(hooked.call(await definitionIn(signedNotes), 'ListNotes'))
    expect(error).toMatchObject({
      code: 'UPSTREAM_ERROR',
      details: { http: { status: 403 }, upstream: { message: 'no account has [redacted]' } },
    })
  })

  test('hears when nobody waits any more', async () => {
    await using upstream = await startUpstream()
    await using hooked = await openHooked({ upstream: upstream.origin })
    await using made = await packageWithHook(`
      context.signal.addEventListener('abort', () => context.log('Left alone.'))
      await context.send(context.request)`)
    const caller = new AbortController()
    upstream.answer = () => caller.abort(new Error('gone'))
    const call = hooked.call(await definitionIn(made.folder), 'ListNotes', { signal: caller.signal })
    await expect(call).rejects.toThrow('gone')
    await vi.waitFor(() => expect(hooked.log()).toContain('Left alone.'))
  })

  test('is not asked when the hub ends a registration', async () => {
    await using upstream = await startUpstream()
    await using hooked = await openHooked({ upstream: upstream.origin })
    const url = 'https://notes.example.com/v1/registrations/1'
    await hooked.call(await definitionIn(signedNotes), 'ListNotes', { url, method: 'DELETE' })
    expect(upstream.last()).toMatchObject({ method: 'DELETE', path: '/v1/registrations/1' })
    expect(upstream.last().headers).not.toHaveProperty('authorization')
  })

  test('gets no address for notifications, and can do without', async () => {
    await using upstream = await startUpstream()
    await using hooked = await openHooked({ upstream: upstream.origin })
    await using needs = await packageWithHook(`await context.createNotificationUri('/events')`)
    expect(await failureOf(hooked.call(await definitionIn(needs.folder), 'ListNotes'))).toMatchObject({
      code: 'OPERATION_UNSUPPORTED',
      message: expect.stringContaining('ListNotes of Signed notes'),
    })
    await using does = await packageWithHook(`
      const code = await context.createNotificationUri('/events').catch(error => error.code)
      ${answering('code')}`)
    expect((await hooked.call(await definitionIn(does.folder), 'ListNotes')).body).toBe(
      'OPERATION_UNSUPPORTED',
    )
  })

  test('gets the address of the webhook that its call registers, and those below it', async () => {
    await using hooked = await openHooked({ upstream: 'http://127.0.0.1:9' })
    await using made = await packageWithHook(`
      const asked = context.json.parse(context.request.body)
      const ask = relative => context.createNotificationUri(relative).catch(error => error.code)
      ${answering('await Promise.all(asked.map(ask))')}`)
    const definition = await definitionIn(made.folder)
    const own = 'https://Hub.example.com/junctor/webhooks/t0ken'
    const root = own.replace('Hub', 'hub')
    const expected: Record<string, string> = {
      '': own,
      '/': own,
      '?a=b%20c': `${own}?a=b%20c`,
      '/?a': `${own}?a`,
      '/notified': `${root}/notified`,
      'notified?to=https%3A%2F%2Fa.example%2F#there': `${root}/notified?to=https%3A%2F%2Fa.example%2F`,
      '/a/../b': `${root}/b`,
      '/é"': `${root}/%C3%A9%22`,
      '//a.example/b': `${root}//a.example/b`,
      '/..': 'ARGUMENT_INVALID',
      '/../other': 'ARGUMENT_INVALID',
      '/%2e%2e/other': 'ARGUMENT_INVALID',
      '\\\\a.example': 'ARGUMENT_INVALID',
      'https://a.example/': 'ARGUMENT_INVALID',
      'https://hub.example.com/junctor/webhooks/t0ken.a.example': 'ARGUMENT_INVALID',
    }
    const asked = wire({}, Object.keys(expected))
    const registering = { arguments: asked, callback: secret(own) }
    expect((await hooked.call(definition, 'AddNote', registering)).body).toEqual(Object.values(expected))
    const anyText = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(anyText, async relatives => {
        const call = { arguments: wire({}, relatives), callback: secret(own) }
        const { body } = await hooked.call(definition, 'AddNote', call)
        for (const address of body as string[])
          if (address !== 'ARGUMENT_INVALID' && address !== own)
            expect(new URL(address).href.replace(root, '')).toMatch(/^[/?]/)
      }),
      { numRuns: 30 },
    )
  })

  test('of which the module says something else than its text does not start', async () => {
    await using hooked = await openHooked({ upstream: 'http://127.0.0.1:9' })
    await using made = await packageWithHook('')
    const definition = await definitionIn(made.folder)
    const hooks = definition.hooks && { ...definition.hooks, script: '0'.repeat(64) }
    expect((await failureOf(hooked.call({ ...definition, hooks }, 'ListNotes'))).code).toBe(
      'WEBAPP_UNAVAILABLE',
    )
    expect(hooked.log()).toContain(`stand in for ${made.script}`)
  })
})
