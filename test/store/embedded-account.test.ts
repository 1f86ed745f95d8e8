// Who runs the server: the hub's own account, or for a hub that is root an unprivileged one, behind closed folders too.
import { chmod, chown, cp, lstat, mkdir, readFile, rm } from 'node:fs/promises'
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
    await using _server = await openEmbedded({
      dataFolder: folder.path,
      address: 'test',
      logger,
      clock: systemClock,
    })
    const { uid, capabilities } = await credentials(await folder.serverPid())
    expect(uid).toBeGreaterThan(0)
    expect(capabilities).toBe(0n)
    expect((await lstat(folder.path)).uid).toBe(uid)
    expect((await lstat(folder.path)).mode & 0o777).toBe(0o700)
  },
)

test.runIf(root)('for root it runs in a data folder behind one that only root may enter', async () => {
  await using folder = await temporaryDataFolder()
  await using _server = await openEmbedded({
    dataFolder: folder.path,
    address: 'test',
    logger,
    clock: systemClock,
  })
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

test.runIf(root)(
  'for root the owner of an existing data folder runs it, so that this user can go on later',
  async () => {
    await using folder = await temporaryDataFolder()
    await chmod(dirname(folder.path), 0o755)
    await mkdir(folder.path, { mode: 0o700 })
    await chown(folder.path, nobody, nobody)
    const server = await openEmbedded({
      dataFolder: folder.path,
      address: 'test',
      logger,
      clock: systemClock,
    })
    expect((await credentials(await folder.serverPid())).uid).toBe(nobody)
    await server[Symbol.asyncDispose]()
    await using program = runProgram({ dataFolder: folder.path, through: asNobody })
    await program.until(fact => fact.row === 1)
  },
)

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
