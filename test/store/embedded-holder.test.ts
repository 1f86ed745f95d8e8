// One hub for one data folder, however many start.
import { expect, test, vi } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { openStore } from '../../src/store/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { temporaryDataFolder } from './data-folder.ts'
import { runProgram } from './run-program.ts'

const open = (dataFolder: string) =>
  openStore({ databaseUrl: null, dataFolder, logger: createLogger('silent'), clock: systemClock })

test('a second hub is refused with a sentence that names the first, which goes on undisturbed', async () => {
  await using folder = await temporaryDataFolder()
  await using first = runProgram({ dataFolder: folder.path, address: 'http://first.example:4000' })
  await first.until(fact => fact.row === 1)
  await expect(open(folder.path)).rejects.toMatchObject({
    code: 'DATA_FOLDER_IN_USE',
    message: expect.stringMatching(
      new RegExp(
        `process ${first.process.pid} at http://first\\.example:4000, running since \\d{4}-\\d\\d-\\d\\dT`,
      ),
    ),
  })
  const before = first.acknowledged()
  await first.until(fact => (fact.row ?? 0) > before)
  expect(await first.stop('SIGTERM')).toBe(0)
  await using store = await open(folder.path)
  await store.ping()
})

test('of several that start at the same instant in an empty folder, exactly one holds it', async () => {
  await using folder = await temporaryDataFolder()
  const programs = [1, 2, 3].map(() => runProgram({ dataFolder: folder.path }))
  await using stack = new AsyncDisposableStack()
  for (const program of programs) stack.use(program)
  await vi.waitUntil(() => programs.every(program => program.facts.some(fact => fact.row || fact.code)), {
    timeout: 60_000,
  })
  const holders = programs.filter(program => program.facts.some(fact => fact.row))
  const refused = programs.filter(program => !holders.includes(program))
  expect(holders).toHaveLength(1)
  for (const program of refused) {
    expect(await program.ended()).toBe(1)
    expect(program.facts).toEqual([
      {
        code: 'DATA_FOLDER_IN_USE',
        message: expect.stringContaining(`process ${holders[0]?.process.pid} `),
      },
    ])
  }
  expect(await holders[0]?.stop('SIGTERM')).toBe(0)
  await using store = await open(folder.path)
  const { rows } = await store.pool.query<{ n: string }>('select n from written order by n')
  expect(rows.map(({ n }) => Number(n)).at(-1)).toBeGreaterThanOrEqual(holders[0]?.acknowledged() ?? 1)
})

test('a hub that starts while another ends gets the folder or is refused, and never half of it', async () => {
  await using folder = await temporaryDataFolder()
  for (let round = 0; round < 5; round++) {
    await using leaving = runProgram({ dataFolder: folder.path })
    await leaving.until(fact => fact.row !== undefined)
    const ended = leaving.stop('SIGTERM')
    await using coming = runProgram({ dataFolder: folder.path })
    const fact = await coming.until(({ row, code }) => row !== undefined || code !== undefined)
    expect(await ended).toBe(0)
    expect(fact.code ?? 'DATA_FOLDER_IN_USE').toBe('DATA_FOLDER_IN_USE')
  }
})
