// Hooks that mean harm, or are merely wrong: their own calls fail, and nothing else does.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { type Clock, systemClock } from '../../src/clock.ts'
import { failureOf } from '../invocation/open-invoker.ts'
import { json, startUpstream } from '../invocation/upstream-server.ts'
import { definitionIn, openHooked, packageWithHook, signedNotes, signingKey } from './fixtures/hooked.ts'

const answering = (value: string) =>
  `return { status: 200, headers: new Headers({ 'content-type': 'application/json' }), body: context.json.print(${value}) }`

/** Five times as fast as it was. */
const hurriedClock: Clock = {
  now: systemClock.now,
  after: (milliseconds, callback) => systemClock.after(milliseconds / 5, callback),
}

/** The answer of a hook whose file is these lines. */
async function answerOf(lines: string) {
  await using hooked = await openHooked({ upstream: 'http://127.0.0.1:9' })
  await using made = await packageWithHook(lines)
  return (await hooked.call(await definitionIn(made.folder), 'ListNotes')).body
}

test('has nothing of Node, no network and no way to import', async () => {
  const answer = await answerOf(`
    const attempt = work => work().then(() => 'done', error => error.message)
    const found = ['process', 'require', 'module', 'Buffer', 'console', 'fetch', 'WebSocket', 'EventSource', 'global', 'setInterval']
    ${answering(`{
      globals: found.filter(name => name in globalThis),
      symbols: Object.getOwnPropertySymbols(globalThis).filter(symbol => globalThis[symbol] !== undefined).length,
      imports: await Promise.all(['node:fs', 'fs', 'net', 'node:dns', 'node:process', 'undici', './script.csx', 'file:///etc/passwd', 'data:text/javascript,1'].map(name => attempt(() => import(name)))),
      evaluated: await attempt(async () => (async () => {}).constructor('return process')()),
      timer: typeof setTimeout(() => {}, 1),
    }`)}`)
  const refused = expect.stringMatching(/^Hooks import nothing but types, and these import "/)
  expect(answer).toEqual({
    globals: [],
    symbols: 0,
    imports: Array.from({ length: 9 }, () => refused),
    evaluated: expect.stringContaining('Code generation from strings disallowed'),
    timer: 'number',
  })
})

test.each(["import { readFileSync } from 'node:fs'\n", "import { connect } from 'node:net'\n"])(
  'does not start with %j',
  async line => {
    await using hooked = await openHooked({ upstream: 'http://127.0.0.1:9' })
    await using made = await packageWithHook('')
    const file = join(made.folder, 'hooks.ts')
    await writeFile(file, line + (await readFile(file, 'utf8')))
    const error = await failureOf(hooked.call(await definitionIn(made.folder), 'ListNotes'))
    expect(error.code).toBe('WEBAPP_UNAVAILABLE')
    expect(hooked.log()).toContain('Hooks import nothing but types')
  },
)

test('sends nowhere but to the origin of its call, and the hub makes the call itself', async () => {
  await using upstream = await startUpstream()
  await using foreign = await startUpstream()
  await using hooked = await openHooked({ upstream: upstream.origin })
  const addresses = [
    foreign.origin,
    'https://example.org/',
    'http://notes.example.com/v1/notes',
    'https://notes.example.com.evil.example/',
    'https://ada:secret@notes.example.com/',
    'file:///etc/passwd',
    'http://169.254.169.254/latest/meta-data/',
  ]
  await using made = await packageWithHook(`
    const codes = []
    for (const url of ${JSON.stringify(addresses)})
      codes.push(await context.send({ ...context.request, url }).then(({ status }) => status, error => error.code))
    ${answering('codes')}`)
  const definition = await definitionIn(made.folder)
  expect((await hooked.call(definition, 'ListNotes')).body).toEqual(addresses.map(() => 'EGRESS_REFUSED'))
  expect([...upstream.seen, ...foreign.seen]).toEqual([])

  // What it does not catch is the call's own error.
  await using careless = await packageWithHook(
    `return await context.send({ ...context.request, url: '${foreign.origin}' })`,
  )
  expect(await failureOf(hooked.call(await definitionIn(careless.folder), 'ListNotes'))).toMatchObject({
    code: 'EGRESS_REFUSED',
    message: expect.stringContaining('away from https://notes.example.com'),
  })
})

test('a redirect takes nothing of its request to another origin', async () => {
  await using upstream = await startUpstream()
  await using foreign = await startUpstream()
  const allowPrivate = [upstream.origin, foreign.origin]
  await using hooked = await openHooked({ upstream: upstream.origin, allowPrivate })
  const definition = { ...(await definitionIn(signedNotes)), baseUrl: upstream.origin }
  upstream.answer = (_request, response) => response.writeHead(302, { location: foreign.origin }).end()
  await hooked.call(definition, 'ListNotes')
  expect(upstream.last().headers).toHaveProperty('authorization')
  const received = Object.keys(foreign.last().headers).sort()
  expect(received).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent'])
})

test('the end of an error that was cut shows no part of a secret', async () => {
  await using upstream = await startUpstream()
  await using hooked = await openHooked({ upstream: upstream.origin })
  await using made = await packageWithHook(`
    const { status, headers, body } = await context.send(context.request)
    return { status, headers, body: body.slice(-100) }`)
  // Bytes of an error that the hub reads.
  const kept = 64 * 1024
  upstream.answer = (_request, response) =>
    response.writeHead(500).end(`${'x'.repeat(kept - 10)}${signingKey}`)
  const error = await failureOf(hooked.call(await definitionIn(made.folder), 'ListNotes'))
  expect(error.details.upstream).toMatch(/^x+$/)
})

test('the egress guard is asked for its call as for any other', async () => {
  await using hooked = await openHooked({ upstream: 'http://127.0.0.1:9' })
  await using made = await packageWithHook('return await context.send(context.request)')
  const definition = await definitionIn(made.folder)
  const private_ = { ...definition, baseUrl: 'http://127.0.0.1:10' }
  expect(await failureOf(hooked.call(private_, 'ListNotes'))).toMatchObject({
    code: 'EGRESS_REFUSED',
    message: expect.stringContaining('JUNCTOR_ALLOW_PRIVATE'),
  })
})

test('what it throws is in the log, without secrets, and not in the answer', async () => {
  await using hooked = await openHooked({ upstream: 'http://127.0.0.1:9' })
  await using made = await packageWithHook(
    `throw new Error('It broke with ' + context.connectionParameters.key)`,
  )
  const error = await failureOf(hooked.call(await definitionIn(made.folder), 'ListNotes'))
  expect(error).toMatchObject({ code: 'HOOK_FAILED', details: { operation: 'ListNotes' } })
  expect(error.message).not.toContain('It broke')
  await vi.waitFor(() => expect(hooked.log()).toContain('It broke with [redacted]'))
  expect(hooked.log()).not.toContain(signingKey)
})

test.each([
  ['no response', 'return undefined'],
  ['a status that is none', `return { status: 99, headers: new Headers(), body: new Uint8Array() }`],
  [
    'more than the hub reads',
    `return { status: 200, headers: new Headers(), body: new Uint8Array(200_000) }`,
  ],
  ['more calls than anybody needs', `for (;;) await context.send(context.request)`],
  ['an error of a timer', `await new Promise(() => setTimeout(() => { throw new Error('late') }, 1))`],
])('fails its call with %s, and the next one of others works', async (_what, lines) => {
  await using upstream = await startUpstream()
  await using hooked = await openHooked({ upstream: upstream.origin, limits: { responseBytes: 100_000 } })
  await using made = await packageWithHook(lines, 'hostile')
  expect((await failureOf(hooked.call(await definitionIn(made.folder), 'ListNotes'))).code).toBe(
    'HOOK_FAILED',
  )
  expect(upstream.seen.length).toBeLessThanOrEqual(100)
  upstream.answer = json({ notes: [] })
  expect((await hooked.call(await definitionIn(signedNotes), 'ListNotes')).body).toEqual([])
})

test('one that waits for ever is given up, one that loops for ever is killed, and others go on meanwhile', async () => {
  await using upstream = await startUpstream()
  await using hooked = await openHooked({ upstream: upstream.origin, clock: hurriedClock })
  await using made = await packageWithHook(
    `if (context.operationId === 'ListNotes') for (;;);
    if (context.operationId === 'AddNote') await new Promise(() => {})
    ${answering('"well"')}`,
    'looping',
  )
  const looping = await definitionIn(made.folder)
  const tooLong = { code: 'HOOK_FAILED', message: expect.stringContaining('took more than 10 seconds') }
  const body = { arguments: { parameters: { path: {}, query: {}, header: {}, form: {} }, body: {} } }
  expect(await failureOf(hooked.call(looping, 'AddNote', body))).toMatchObject(tooLong)
  const stuck = failureOf(hooked.call(looping, 'ListNotes'))
  upstream.answer = json({ notes: [] })
  const other = await definitionIn(signedNotes)
  expect((await hooked.call(other, 'ListNotes')).body).toEqual([])
  expect((await stuck).code).toBe('HOOK_FAILED')
  await vi.waitFor(() => expect(hooked.log()).toContain('did not give a sign of life'), 10_000)
  await vi.waitFor(async () => expect((await hooked.call(looping, 'ExportNotes')).body).toBe('well'), 10_000)
})

test('one that hoards memory is killed, and is back for the next call', async () => {
  await using hooked = await openHooked({ upstream: 'http://127.0.0.1:9' })
  await using made = await packageWithHook(`
    if (context.operationId === 'ListNotes')
      for (const kept = []; ; ) kept.push(new Uint8Array(32 * 1024 * 1024).fill(1))
    ${answering('"well"')}`)
  const definition = await definitionIn(made.folder)
  expect((await failureOf(hooked.call(definition, 'ListNotes'))).code).toBe('HOOK_FAILED')
  expect(hooked.log()).toMatch(/it holds \d+ MB of memory, more than the 512/)
  expect((await hooked.call(definition, 'ExportNotes')).body).toBe('well')
})

test('one that rewrites what the language gives harms its own process at most', async () => {
  await using hooked = await openHooked({ upstream: 'http://127.0.0.1:9' })
  await using made = await packageWithHook(`
    Object.prototype.toJSON = () => ({ cmd: 'NODE_HANDLE_ACK' })
    JSON.stringify = () => '{"cmd":"NODE_HANDLE_ACK"}'
    Array.prototype.map = () => []
    Promise.prototype.then = () => {}
    context.log('hello')
    ${answering('"well"')}`)
  const definition = await definitionIn(made.folder)
  expect((await failureOf(hooked.call(definition, 'ListNotes'))).code).toBe('HOOK_FAILED')
})

test('does not fill the log', async () => {
  await using hooked = await openHooked({ upstream: 'http://127.0.0.1:9' })
  await using made = await packageWithHook(`
    for (let n = 0; n < 1_000; n++) context.log('line')
    ${answering('"well"')}`)
  await hooked.call(await definitionIn(made.folder), 'ListNotes')
  await vi.waitFor(() => expect(hooked.log().split('"msg":"line"').length).toBe(101))
})
