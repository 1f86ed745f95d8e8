import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, test, vi } from 'vitest'
import type { Clock } from '../../src/clock.ts'
import { connectorWith } from './fixtures/connector.ts'
import { callSocket, openHosting } from './fixtures/hosted.ts'

const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name)
const probe = connectorWith(fixture('probe.ts'))

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** A clock that moves, and fires what is due, when told. */
function handClock(): Clock & { advance(milliseconds: number): void; fire(): void } {
  let now = 1_000_000
  const timers = new Map<() => void, number>()
  return {
    now: () => now,
    after(milliseconds, callback) {
      timers.set(callback, now + milliseconds)
      return () => timers.delete(callback)
    },
    advance(milliseconds) {
      now += milliseconds
    },
    fire() {
      for (const [callback, time] of timers)
        if (time <= now) {
          timers.delete(callback)
          callback()
        }
    },
  }
}

describe('a call', () => {
  test('starts the webapp once for calls that come together', async () => {
    await using hosted = await openHosting()
    const answers = await Promise.all([1, 2, 3].map(() => hosted.call(probe, '/who')))
    expect(new Set(answers.map(answer => answer.body.value.pid)).size).toBe(1)
    expect(await hosted.restarts()).toBe(0)
  })

  test('brings the connection as context and not as a header', async () => {
    await using hosted = await openHosting()
    const connection = { id: 'c1', authentication: 'custom', parameters: { user: 'Zoë', big: 2n ** 60n } }
    const { body } = await hosted.call(probe, '/who?a=1', { connection })
    expect(body.value.connection).toEqual(connection)
    expect(Object.keys(body.value.headers)).not.toContain('x-junctor-connection')
    expect(new URL(body.value.url).search).toBe('?a=1')
    expect((await hosted.call(probe, '/who')).body.value.connection).toBeNull()
  })

  test('takes credentials as long as certificates, and bodies of many chunks', async () => {
    await using hosted = await openHosting()
    const parameters = { certificate: 'c'.repeat(100_000) }
    const answer = await hosted.call(probe, '/who', {
      connection: { id: 'c', authentication: 'x', parameters },
    })
    expect(answer.body.value.connection.parameters).toEqual(parameters)
    const message = 'é'.repeat(1_000_000)
    expect((await hosted.call(probe, '/echo', { body: { message } })).body.value).toBe(message)
  })

  test('that makes the webapp throw is answered with 500 and without the message, which is logged', async () => {
    await using hosted = await openHosting()
    const connection = { id: 'c', authentication: 'x', parameters: { password: 'hunter-two' } }
    const message = 'It broke with hunter-two.'
    const answer = await hosted.call(probe, '/throw', { body: { message }, connection })
    expect(answer.status).toBe(500)
    expect(JSON.stringify(answer.body)).not.toContain('broke')
    await vi.waitFor(() => expect(hosted.log()).toContain('It broke with [redacted].'))
  })

  test('to a connector without a webapp is refused', async () => {
    await using hosted = await openHosting()
    await expect(hosted.hosting.socketPath(connectorWith(null), null)).rejects.toMatchObject({
      code: 'WEBAPP_UNAVAILABLE',
    })
  })
})

describe('the log of a webapp', () => {
  test('reaches the hub without connection parameters', async () => {
    await using hosted = await openHosting()
    const connection = { id: 'c', authentication: 'x', parameters: { password: 'hunter-two' } }
    await hosted.call(probe, '/log', { body: { message: 'tried hunter-two today' }, connection })
    await vi.waitFor(() => expect(hosted.log()).toContain('tried [redacted] today'))
    expect(hosted.log()).toContain('"connector":"probe"')
    expect(hosted.log()).not.toContain('hunter-two')
  })
})

describe('confinement', () => {
  const attempt = async (hosted: Awaited<ReturnType<typeof openHosting>>, name: string, body: object = {}) =>
    (await hosted.call(probe, `/${name}`, { body })).body

  test('gives a folder of its own and no environment', async () => {
    await using hosted = await openHosting()
    const { value } = (await hosted.call(probe, '/who')).body
    const folder = join(hosted.dataFolder, 'webapps', 'probe')
    expect(value.dataFolder).toBe(folder)
    expect(value.cwd).toBe(folder)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(value.environment).toEqual(['TZ'])
    expect((await attempt(hosted, 'write', { path: join(folder, 'mine') })).value).toBeNull()
  })

  test('keeps the socket in a closed folder', async () => {
    await using hosted = await openHosting()
    const path = await hosted.hosting.socketPath(probe, null)
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
  })

  test('moves the socket where the data folder has a long path', async () => {
    await using hosted = await openHosting({ below: 'd'.repeat(120) })
    const path = await hosted.hosting.socketPath(probe, null)
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(103)
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
    expect((await callSocket(path, '/echo', { body: { message: 'hi' } })).body.value).toBe('hi')
    await rm(dirname(dirname(path)), { recursive: true })
  })

  test('refuses files elsewhere, processes, workers and eval', async () => {
    await using hosted = await openHosting()
    const path = join(hosted.dataFolder, 'foreign')
    const denied = expect.stringContaining('ERR_ACCESS_DENIED')
    expect(await attempt(hosted, 'read', { path: '/etc/passwd' })).toEqual({ refused: denied })
    expect(await attempt(hosted, 'read', { path: `/proc/${process.pid}/environ` })).toEqual({
      refused: denied,
    })
    expect(await attempt(hosted, 'list', { path: hosted.dataFolder })).toEqual({ refused: denied })
    expect(await attempt(hosted, 'write', { path })).toEqual({ refused: denied })
    expect(await attempt(hosted, 'write', { path: fixture('probe.ts') })).toEqual({ refused: denied })
    expect(await attempt(hosted, 'spawn')).toEqual({ refused: denied })
    expect(await attempt(hosted, 'worker')).toEqual({ refused: denied })
    expect(await attempt(hosted, 'evaluate')).toEqual({ refused: expect.stringContaining('Code generation') })
    expect(existsSync(path)).toBe(false)
  })

  test('refuses SQLite files elsewhere, however they are opened', async () => {
    await using hosted = await openHosting()
    const folder = join(hosted.dataFolder, 'webapps', 'probe')
    const inside = join(folder, 'inside.db')
    const outside = join(hosted.dataFolder, 'outside.db')
    expect((await attempt(hosted, 'sqlite', { path: inside })).value).toBeNull()
    expect((await attempt(hosted, 'sqliteReopened', { path: inside, sql: 'select 1' })).value).toBeNull()
    const refused = {
      refused: expect.stringMatching(/own folder|not authorized|authorization denied|copies/),
    }
    for (const path of [outside, `file:${outside}`, join(folder, '..', 'up.db'), join(folder, 'no', 'x.db')])
      expect(await attempt(hosted, 'sqlite', { path })).toEqual(refused)
    for (const sql of [`attach '${outside}' as o`, `vacuum into '${outside}'`])
      for (const way of ['sqlite', 'sqliteReopened'])
        expect(await attempt(hosted, way, { path: inside, sql })).toEqual(refused)
    expect(await attempt(hosted, 'sqliteConstructor', { path: outside })).toEqual(refused)
    expect(await attempt(hosted, 'sqliteBackup', { path: outside })).toEqual(refused)
    expect(existsSync(outside)).toBe(false)
  })

  test('leaves the egress guard as the only way to the network', async () => {
    await using server = createServer(socket => socket.end('hello')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await using closed = await openHosting()
    expect(await attempt(closed, 'fetch', { port })).toEqual({ refused: expect.any(String) })
    expect(await attempt(closed, 'socket', { port })).toEqual({
      refused: expect.stringContaining('context.connect'),
    })
    expect(await attempt(closed, 'connect', { port })).toEqual({
      refused: expect.stringContaining('EGRESS_REFUSED'),
    })
    await using open = await openHosting({ allowPrivate: [`test://127.0.0.1:${port}`] })
    expect((await attempt(open, 'connect', { port })).value).toBe('hello')
  })
})

describe('supervision', () => {
  test('a killed webapp is back for the next call, and counted', async () => {
    await using hosted = await openHosting()
    const first = (await hosted.call(probe, '/who')).body.value.pid
    process.kill(first, 'SIGKILL')
    await vi.waitFor(() => expect(hosted.log()).toContain('SIGKILL'))
    expect((await hosted.call(probe, '/who')).body.value.pid).not.toBe(first)
    expect(await hosted.restarts()).toBe(1)
  })

  test('a crash loop is answered with a sentence until its wait is over', async () => {
    const clock = handClock()
    await using hosted = await openHosting({ clock })
    const crash = async () => {
      const crashes = () => hosted.log().split('Ended with code 3').length
      const before = crashes()
      await hosted.call(probe, '/crash').catch(() => {})
      await vi.waitFor(() => expect(crashes()).toBe(before + 1))
    }
    await crash()
    await crash()
    await crash()
    await expect(hosted.hosting.socketPath(probe, null)).rejects.toMatchObject({
      code: 'WEBAPP_UNAVAILABLE',
      message: 'The webapp of connector "probe" crashed 3 times in a row. Try again in 1 s.',
      details: { connector: 'probe', retryAfter: 1 },
    })
    clock.advance(1_000)
    await crash()
    clock.advance(1_000)
    await expect(hosted.hosting.socketPath(probe, null)).rejects.toMatchObject({ details: { retryAfter: 1 } })
    clock.advance(1_000)
    await hosted.call(probe, '/who')
    clock.advance(60_000)
    await crash()
    expect((await hosted.call(probe, '/echo', { body: { message: 'well' } })).body.value).toBe('well')
  })

  test('a webapp that gives no sign of life is killed, and is back for the next call', async () => {
    const clock = handClock()
    await using hosted = await openHosting({ clock })
    const { pid } = (await hosted.call(probe, '/who')).body.value
    const blocked = hosted.call(probe, '/block')
    blocked.catch(() => {})
    // Heartbeats sent before the block may still arrive and put the end off.
    await vi.waitFor(() => {
      clock.advance(31_000)
      clock.fire()
      expect(alive(pid)).toBe(false)
    }, 10_000)
    await expect(blocked).rejects.toThrow()
    expect((await hosted.call(probe, '/who')).body.value.pid).not.toBe(pid)
  })

  test('a webapp that hoards memory is killed, also while it is busy', async () => {
    await using hosted = await openHosting()
    await expect(hosted.call(probe, '/hoard')).rejects.toThrow()
    await vi.waitFor(() => expect(hosted.log()).toContain('SIGKILL'))
    expect(hosted.log()).toMatch(/it holds \d+ MB of memory, more than the 512/)
    expect((await hosted.call(probe, '/echo', { body: { message: 'well' } })).body.value).toBe('well')
  })

  test('a webapp that tells nonsense is not heard, and one that tells without end is killed', async () => {
    await using hosted = await openHosting()
    await hosted.call(probe, '/forge')
    expect((await hosted.call(probe, '/echo', { body: { message: 'well' } })).body.value).toBe('well')
    await expect(hosted.call(probe, '/flood')).rejects.toThrow()
    await vi.waitFor(() => expect(hosted.log()).toContain('told more at once'))
    expect((await hosted.call(probe, '/echo', { body: { message: 'well' } })).body.value).toBe('well')
  })

  test('connections of one authentication do not take down those of another', async () => {
    await using hosted = await openHosting()
    const as = (authentication: string) => ({ connection: { id: 'c', authentication, parameters: {} } })
    const { pid } = (await hosted.call(probe, '/who', as('server'))).body.value
    await hosted.call(probe, '/crash', as('sample')).catch(() => {})
    await vi.waitFor(() => expect(hosted.log()).toContain('Ended with code 3'))
    expect((await hosted.call(probe, '/who', as('server'))).body.value.pid).toBe(pid)
  })

  test.each([
    ['broken.ts', 'cannot be loaded'],
    ['nothing.ts', 'must export `webapp`'],
  ])('a webapp that cannot start (%s) fails its calls and says why in the log', async (file, why) => {
    await using hosted = await openHosting()
    const calls = [1, 2].map(() => hosted.hosting.socketPath(connectorWith(fixture(file)), null))
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'WEBAPP_UNAVAILABLE' })
    expect(hosted.log()).toContain(why)
  })

  test('a changed connector gets a new process, and the old one ends', async () => {
    await using hosted = await openHosting()
    const old = (await hosted.call(probe, '/who')).body.value.pid
    const changed = connectorWith(fixture('probe.ts'), '1'.repeat(64))
    expect((await hosted.call(changed, '/who')).body.value.pid).not.toBe(old)
    await vi.waitFor(() => expect(alive(old)).toBe(false))
    expect(await hosted.restarts()).toBe(0)
  })

  test('a changed connector lets the old process answer what it began', async () => {
    const clock = handClock()
    await using hosted = await openHosting({ clock })
    const { pid } = (await hosted.call(probe, '/who')).body.value
    const slow = hosted.call(probe, '/wait', { body: { milliseconds: 1_000 } })
    // Its request must have arrived.
    await hosted.call(probe, '/who')
    const changed = connectorWith(fixture('probe.ts'), '1'.repeat(64))
    await hosted.call(changed, '/who')
    clock.advance(20_000)
    clock.fire()
    expect((await slow).body.value).toBe('waited')
    await vi.waitFor(() => expect(alive(pid)).toBe(false), 10_000)
  })

  test('disposing lets the webapp close and ends it', async () => {
    const hosted = await openHosting()
    const { pid } = (await hosted.call(probe, '/who')).body.value
    await hosted.hosting[Symbol.asyncDispose]()
    expect(alive(pid)).toBe(false)
    expect(existsSync(join(hosted.dataFolder, 'webapps', 'probe', 'closed'))).toBe(true)
    await expect(hosted.hosting.socketPath(probe, null)).rejects.toMatchObject({ code: 'WEBAPP_UNAVAILABLE' })
    await hosted[Symbol.asyncDispose]()
  })

  test('a killed hub leaves no webapp behind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'junctor-hosting-'))
    const hub = spawn(process.execPath, [fixture('hub.ts'), folder, fixture('probe.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [socketPath] = await once(createInterface(hub.stdout), 'line')
    const { pid } = (await callSocket(String(socketPath), '/who')).body.value
    expect(alive(pid)).toBe(true)
    hub.kill('SIGKILL')
    await vi.waitFor(() => expect(alive(pid)).toBe(false), 10_000)
    await rm(folder, { recursive: true })
  })
})
