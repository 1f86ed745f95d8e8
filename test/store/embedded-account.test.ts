// Who runs the server: the hub's own account, or for a hub that is root an unprivileged one, behind closed folders too.
import {
  chmod,
  chown,
  cp,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { findBinaries } from '../../src/store/embedded/binaries.ts'
import { openEmbedded } from '../../src/store/embedded/open-embedded.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { temporaryDataFolder } from './data-folder.ts'
import { runProgram } from './run-program.ts'

const root = process.getuid?.() === 0
const nobody = 65534
const asNobody = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups']
const logger = createLogger('silent')

const open = (dataFolder: string) => openEmbedded({ dataFolder, address: 'test', logger, clock: systemClock })

/** User ids of a folder and of what is in it. */
async function owners(folder: string): Promise<Record<string, number>> {
  const names = ['.', ...(await readdir(folder)).sort()]
  const ids = await Promise.all(names.map(async name => (await lstat(join(folder, name))).uid))
  return Object.fromEntries(names.map((name, index) => [name, ids[index] ?? -1]))
}

/** User id that a process runs as, and its effective capabilities. */
async function credentials(pid: number): Promise<{ uid: number; capabilities: bigint }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return {
    uid: Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]),
    capabilities: BigInt(`0x${/^CapEff:\s+(\w+)/m.exec(status)?.[1]}`),
  }
}

test('an ordinary user just runs it', async () => {
  await using folder = await temporaryDataFolder()
  if (root) await chown(dirname(folder.path), nobody, nobody)
  await using program = runProgram({ dataFolder: folder.path, through: root ? asNobody : [] })
  await program.until(fact => fact.row === 3)
  const { uid } = await credentials(await folder.serverPid())
  expect(uid).toBe(root ? nobody : process.getuid?.())
  expect(await program.stop('SIGTERM')).toBe(0)
})

test.runIf(root)('an ordinary user is told of a data folder that is closed to them', async () => {
  await using folder = await temporaryDataFolder()
  await chmod(dirname(folder.path), 0o755)
  await mkdir(folder.path, { mode: 0o700 })
  await using program = runProgram({ dataFolder: folder.path, through: asNobody })
  expect(await program.ended()).toBe(1)
  expect(program.facts).toEqual([
    { code: 'STORE_UNAVAILABLE', message: expect.stringMatching(/cannot be used .*JUNCTOR_DATA/) },
  ])
})

test.runIf(root)(
  'for root an unprivileged account runs it, without capabilities where the way is open',
  async () => {
    await using folder = await temporaryDataFolder()
    await chmod(dirname(folder.path), 0o755)
    await using _server = await open(folder.path)
    const { uid, capabilities } = await credentials(await folder.serverPid())
    expect(uid).toBeGreaterThan(0)
    expect(capabilities).toBe(0n)
    expect(await owners(folder.path)).toEqual({ '.': 0, 'hub.json': 0, postgres: uid, 'postgres.log': 0 })
    expect((await lstat(folder.path)).mode & 0o777).toBe(0o711)
  },
)

test.runIf(root)('for root it runs in a data folder behind one that only root may enter', async () => {
  await using folder = await temporaryDataFolder()
  await using _server = await open(folder.path)
  const { uid, capabilities } = await credentials(await folder.serverPid())
  expect(uid).toBeGreaterThan(0)
  expect([1n << 1n, 1n << 2n]).toContain(capabilities)
  expect((await lstat(dirname(folder.path))).uid).toBe(0)
})

test.runIf(root).each([
  { name: 'behind a folder that only root may enter', close: (folder: string) => chmod(folder, 0o700) },
  {
    name: 'that only root may read and execute',
    close: async (folder: string) => {
      await chmod(folder, 0o755)
      for (const program of ['postgres', 'initdb']) await chmod(join(folder, 'native/bin', program), 0o700)
    },
  },
])('for root it runs with programs $name', async ({ close }) => {
  await using folder = await temporaryDataFolder()
  await chmod(dirname(folder.path), 0o755)
  const packageFolder = join(dirname((await findBinaries()).postgres), '../..')
  const copy = join(dirname(folder.path), 'package')
  await cp(packageFolder, copy, { recursive: true, verbatimSymlinks: true })
  // As npm leaves a package whose install script did not run.
  await rm(join(copy, 'native/lib/libpq.so.5'))
  await close(copy)
  const binaries = { initdb: join(copy, 'native/bin/initdb'), postgres: join(copy, 'native/bin/postgres') }
  await using server = await openEmbedded({
    dataFolder: folder.path,
    address: 'test',
    logger,
    clock: systemClock,
    binaries,
  })
  expect(server.trouble()).toBeNull()
  expect((await credentials(await folder.serverPid())).uid).toBeGreaterThan(0)
})

test.runIf(root).each([
  {
    name: 'a folder of an ordinary user',
    mode: 0o700,
    uid: 12345,
    message: /user with id 12345.*start Junctor as/,
  },
  { name: 'a folder that others may write', mode: 0o777, uid: 0, message: /chmod go-w/ },
])('root does not work in $name, and says what to do', async ({ mode, uid, message }) => {
  await using folder = await temporaryDataFolder()
  await mkdir(folder.path)
  await chmod(folder.path, mode)
  await chown(folder.path, uid, uid)
  await expect(open(folder.path)).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringMatching(message),
  })
  expect(await readdir(folder.path)).toEqual([])
})

test.runIf(root)('a folder that was given away to the server’s account is taken back', async () => {
  await using folder = await temporaryDataFolder()
  await (await open(folder.path))[Symbol.asyncDispose]()
  const { postgres: account = -1 } = await owners(folder.path)
  await chown(folder.path, account, account)
  await chmod(folder.path, 0o700)
  await chown(join(folder.path, 'postgres.log'), account, account)
  await mkdir(join(folder.path, 'artifacts'))

  await using server = await open(folder.path)
  expect(server.trouble()).toBeNull()
  expect(await owners(folder.path)).toEqual({
    '.': 0,
    artifacts: 0,
    'hub.json': 0,
    postgres: account,
    'postgres.log': 0,
  })
})

test.runIf(root)('what the server’s account put into such a folder is refused by name', async () => {
  await using folder = await temporaryDataFolder()
  await (await open(folder.path))[Symbol.asyncDispose]()
  await writeFile(join(folder.path, 'keys'), 'k1:anything\n')
  await chown(join(folder.path, 'keys'), nobody, nobody)
  await expect(open(folder.path)).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining(`${join(folder.path, 'keys')} does not belong to root`),
  })
})

test.runIf(root).each([
  { name: 'a symbolic link', make: symlink },
  { name: 'a hard link', make: link },
])('no file elsewhere is changed through $name in the place of the log or the record', async ({ make }) => {
  await using folder = await temporaryDataFolder()
  await (await open(folder.path))[Symbol.asyncDispose]()
  const victim = join(dirname(folder.path), 'victim')
  await writeFile(victim, 'precious\n', { mode: 0o600 })
  await rm(join(folder.path, 'postgres.log'))
  for (const name of ['postgres.log', 'hub.json', 'hub.json.new']) await make(victim, join(folder.path, name))

  await using _server = await open(folder.path)
  expect(await readFile(victim, 'utf8')).toBe('precious\n')
  expect(await lstat(victim)).toMatchObject({ uid: 0, gid: 0 })
  expect((await lstat(join(folder.path, 'postgres.log'))).isFile()).toBe(true)
  expect(JSON.parse(await readFile(join(folder.path, 'hub.json'), 'utf8'))).toMatchObject({ address: 'test' })
})

test.runIf(root)('what root left in a user’s folder is named before the work begins', async () => {
  await using folder = await temporaryDataFolder()
  await chmod(dirname(folder.path), 0o755)
  await mkdir(folder.path, { mode: 0o700 })
  await writeFile(join(folder.path, 'keys'), 'k1:anything\n', { mode: 0o600 })
  await chown(folder.path, nobody, nobody)
  await using program = runProgram({ dataFolder: folder.path, through: asNobody })
  expect(await program.ended()).toBe(1)
  expect(program.facts).toEqual([
    {
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(new RegExp(`${folder.path}/keys belongs.*chown -R ${nobody} `)),
    },
  ])
})

test.runIf(root)('for root without the capabilities of root, it says what to do', async () => {
  await using folder = await temporaryDataFolder()
  await using program = runProgram({
    dataFolder: folder.path,
    through: ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-all', '--'],
  })
  expect(await program.ended()).toBe(1)
  expect(program.facts).toEqual([
    { code: 'STORE_UNAVAILABLE', message: expect.stringMatching(/cannot reach .*JUNCTOR_DATA/) },
  ])
})

test.runIf(root)('for root in a container without dac_read_search, the other capability does', async () => {
  await using folder = await temporaryDataFolder()
  await using program = runProgram({
    dataFolder: folder.path,
    through: ['setpriv', '--bounding-set=-dac_read_search', '--'],
  })
  await program.until(fact => fact.row === 1)
  expect((await credentials(await folder.serverPid())).capabilities).toBe(1n << 1n)
})
