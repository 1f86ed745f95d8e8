// What is killed: the hub, its server, both. Nothing that was acknowledged is lost, and nothing hangs.
import { spawn } from 'node:child_process'
import { readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { isAlive, temporaryDataFolder } from './data-folder.ts'
import { runProgram } from './run-program.ts'

const open = (dataFolder: string) =>
  openStore({ databaseUrl: null, dataFolder, logger: createLogger('silent'), clock: systemClock })

/** Numbers of the rows that the program wrote. */
async function writtenRows(store: Store): Promise<number[]> {
  const { rows } = await store.pool.query<{ n: string }>('select n from written order by n')
  return rows.map(({ n }) => Number(n))
}

/** Waits until the store answers again. Each attempt must end by itself. */
async function answersAgain(store: Store): Promise<void> {
  await vi.waitFor(() => store.ping(), { timeout: 30_000, interval: 20 })
}

test('the server of a killed hub is adopted with all that was acknowledged, and ends with its new hub', async () => {
  await using folder = await temporaryDataFolder()
  await using program = runProgram({ dataFolder: folder.path })
  await program.until(fact => fact.row === 20)
  const pid = await folder.serverPid()
  await program.stop('SIGKILL')
  expect(isAlive(pid)).toBe(true)

  await using store = await open(folder.path)
  expect(await folder.serverPid()).toBe(pid)
  expect((await writtenRows(store)).slice(0, program.acknowledged())).toEqual(
    Array.from({ length: program.acknowledged() }, (_, index) => index + 1),
  )
  await store[Symbol.asyncDispose]()
  expect(isAlive(pid)).toBe(false)
})

test('a hub and its server killed together open again with all that was acknowledged', async () => {
  await using folder = await temporaryDataFolder()
  await using program = runProgram({ dataFolder: folder.path })
  await program.until(fact => fact.row === 20)
  process.kill(await folder.serverPid(), 'SIGKILL')
  await program.stop('SIGKILL')

  await using store = await open(folder.path)
  expect(await writtenRows(store)).toEqual(expect.arrayContaining([1, program.acknowledged()]))
})

test('a server that is killed comes back, as does one that comes back and is killed again', async () => {
  await using folder = await temporaryDataFolder()
  await using store = await open(folder.path)
  await store.pool.query('create table note (n int)')
  for (const n of [1, 2, 3]) {
    await store.pool.query('insert into note values ($1)', [n])
    const pid = await folder.serverPid()
    const running = expect(store.pool.query('select pg_sleep(600)')).rejects.toThrow()
    process.kill(pid, 'SIGKILL')
    await running
    await answersAgain(store)
    expect(await folder.serverPid()).not.toBe(pid)
  }
  expect((await store.pool.query('select n from note order by n')).rows).toEqual([
    { n: 1 },
    { n: 2 },
    { n: 3 },
  ])
})

test('an adopted server that is killed comes back too', async () => {
  await using folder = await temporaryDataFolder()
  await using program = runProgram({ dataFolder: folder.path })
  await program.until(fact => fact.row === 5)
  await program.stop('SIGKILL')
  await using store = await open(folder.path)
  process.kill(await folder.serverPid(), 'SIGKILL')
  await answersAgain(store)
  expect(await writtenRows(store)).toContain(program.acknowledged())
})

test('a transaction that the crash cut is rejected at its next statement and leaves nothing', async () => {
  await using folder = await temporaryDataFolder()
  await using store = await open(folder.path)
  await store.pool.query('create table note (n int)')
  const cut = store.db.transaction(async transaction => {
    await transaction.execute('insert into note values (1)')
    process.kill(await folder.serverPid(), 'SIGKILL')
    await answersAgain(store)
    await transaction.execute('insert into note values (2)')
  })
  await expect(cut).rejects.toThrow()
  expect((await store.pool.query('select n from note')).rows).toEqual([])
})

test('the folder stays held after a crash: a second hub is refused again', async () => {
  await using folder = await temporaryDataFolder()
  await using store = await open(folder.path)
  process.kill(await folder.serverPid(), 'SIGKILL')
  await answersAgain(store)
  await using program = runProgram({ dataFolder: folder.path })
  expect(await program.ended()).toBe(1)
  expect(program.facts).toEqual([expect.objectContaining({ code: 'DATA_FOLDER_IN_USE' })])
})

test('a hub that was slower than another after a crash reads and writes nothing more, and leaves it alone', async () => {
  await using folder = await temporaryDataFolder()
  await using starter = runProgram({ dataFolder: folder.path })
  await starter.until(fact => fact.row === 1)
  // The server of a stopped parent would never be gone entirely.
  await starter.stop('SIGKILL')
  await using slow = runProgram({ dataFolder: folder.path })
  await slow.until(fact => fact.row !== undefined)
  slow.process.kill('SIGSTOP')
  const said = slow.facts.length
  process.kill(await folder.serverPid(), 'SIGKILL')
  await using fast = runProgram({ dataFolder: folder.path, address: 'http://fast.example:4000' })
  await fast.until(fact => fact.row !== undefined)

  slow.process.kill('SIGCONT')
  const { lost, message } = await slow.until(fact => fact.lost !== undefined)
  expect(lost).toBe('DATA_FOLDER_IN_USE')
  expect(message).toContain(`process ${fast.process.pid} at http://fast.example:4000`)
  expect(await slow.ended()).toBe(0)
  expect(slow.facts.slice(said + 1).filter(fact => fact.row)).toEqual([])
  const before = fast.acknowledged()
  await fast.until(fact => (fact.row ?? 0) > before)
  expect(fast.facts.filter(fact => fact.failed)).toEqual([])
})

test('closing during a crash leaves no server behind', async () => {
  await using folder = await temporaryDataFolder()
  const store = await open(folder.path)
  const pid = await folder.serverPid()
  process.kill(pid, 'SIGKILL')
  await store[Symbol.asyncDispose]()
  const next = await folder.serverPid().catch(() => null)
  if (next !== null) expect(isAlive(next)).toBe(false)
})

test('a file that names another program’s number, or is empty, does not keep the server from starting', async () => {
  await using folder = await temporaryDataFolder()
  await using program = runProgram({ dataFolder: folder.path })
  await program.until(fact => fact.row === 1)
  const file = join(folder.path, 'postgres/postmaster.pid')
  const text = await readFile(file, 'utf8')
  process.kill(await folder.serverPid(), 'SIGKILL')
  await program.stop('SIGKILL')

  const { uid, gid } = await stat(file)
  const stranger = spawn('sleep', ['600'], process.getuid?.() === 0 ? { uid, gid } : {})
  onTestFinished(() => void stranger.kill())
  await writeFile(file, text.replace(/^\d+/, String(stranger.pid)))
  const first = await open(folder.path)
  expect(await writtenRows(first)).toContain(1)
  expect(await folder.serverPid()).not.toBe(stranger.pid)
  await first[Symbol.asyncDispose]()

  await writeFile(file, '')
  await utimes(file, new Date(0), new Date(0))
  await using second = await open(folder.path)
  expect(await writtenRows(second)).toContain(1)
})
