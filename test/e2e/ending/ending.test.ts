// How a hub ends: asked to, in whatever it is doing at that moment, or because another one has its data folder.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test, vi } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { openStore } from '../../../src/store/index.ts'
import { createLogger } from '../../../src/telemetry/index.ts'
import { apiDocument, startUpstream } from '../../gateway/live/upstream.ts'
import { signUp } from '../../harness/client.ts'
import { startHub } from '../../harness/hub.ts'
import { isAlive, temporaryDataFolder } from '../../store/data-folder.ts'

/** A hub with an API on loopback, and a call to it that waits for its answer. */
async function hubThatCalls() {
  await using stack = new AsyncDisposableStack()
  const upstream = stack.use(await startUpstream())
  const hub = stack.use(await startHub({ env: upstream.env }))
  const client = await signUp(hub.url)
  await client.query(
    'mutation ($document: String!) { importConnector(input: { name: "example", document: $document }) { connector { name } } }',
    { document: apiDocument('new') },
  )
  const call = fetch(`${hub.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...client.headers },
    body: JSON.stringify({ query: '{ example_getSlow { path } }' }),
  })
  await vi.waitUntil(() => upstream.held.length > 0, { timeout: 30_000 })
  const open = stack.move()
  return { upstream, hub, call, [Symbol.asyncDispose]: () => open.disposeAsync() }
}

/** Fails before an API that hangs would be given up by itself, which is after 100 s. */
const soon = <T>(what: Promise<T>): Promise<T | 'late'> =>
  Promise.race([what, new Promise<'late'>(resolve => setTimeout(() => resolve('late'), 60_000).unref())])

test('a call in flight is answered, and its connection is not waited for', async () => {
  await using scene = await hubThatCalls()
  const ended = scene.hub.stop('SIGTERM')
  await vi.waitUntil(() =>
    fetch(`${scene.hub.url}/health`).then(
      () => false,
      () => true,
    ),
  )
  scene.upstream.held[0]?.setHeader('content-type', 'application/json').end('{"path":"/slow"}')
  const answer = await scene.call
  expect(answer.headers.get('connection')).toBe('close')
  expect(await answer.json()).toEqual({ data: { example_getSlow: { path: '/slow' } } })
  expect(await soon(ended)).toBe(0)
})

test('a call to an API that hangs is cancelled, its caller told, and the hub ends', async () => {
  await using scene = await hubThatCalls()
  expect(await soon(scene.hub.stop('SIGTERM'))).toBe(0)
  expect(await (await scene.call).json()).toMatchObject({
    errors: [{ message: expect.stringContaining('shutting down'), extensions: { code: 'UPSTREAM_TIMEOUT' } }],
  })
})

test.each([0, 300, 900])(
  'a signal %d ms after the database came up, during the start, leaves none',
  async delay => {
    await using folder = await temporaryDataFolder()
    const { DATABASE_URL: _, ...inherited } = process.env
    const hub = spawn(process.execPath, ['src/main.ts', 'serve'], {
      env: { ...inherited, NODE_ENV: 'development', PORT: '0', JUNCTOR_DATA: folder.path },
      stdio: 'ignore',
    })
    const ended = once(hub, 'exit')
    const pid = await vi.waitUntil(() => folder.serverPid().catch(() => null), {
      timeout: 60_000,
      interval: 5,
    })
    await new Promise(resolve => setTimeout(resolve, delay))
    hub.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
    expect(isAlive(pid)).toBe(false)
    await expect(folder.serverPid()).rejects.toThrow()
  },
)

test('a hub that was slower than another after a crash ends with a failure that says so', async () => {
  await using folder = await temporaryDataFolder()
  await using starter = await startHub({ dataFolder: folder.path })
  // The server of a stopped parent would never be gone entirely.
  await starter.stop('SIGKILL')
  await using hub = await startHub({ dataFolder: folder.path })
  hub.process.kill('SIGSTOP')
  process.kill(await folder.serverPid(), 'SIGKILL')
  await using other = await openStore({
    databaseUrl: null,
    dataFolder: folder.path,
    logger: createLogger('silent'),
    clock: systemClock,
    address: 'http://other.example',
  })
  const exit = once(hub.process, 'exit')
  hub.process.kill('SIGCONT')
  expect(await exit).toEqual([1, null])
  const fatal = hub
    .output()
    .split('\n')
    .find(line => line.includes('"level":60'))
  expect(JSON.parse(fatal ?? '{}')).toMatchObject({
    error: { code: 'DATA_FOLDER_IN_USE', message: expect.stringContaining('http://other.example') },
  })
  await other.ping()
})
