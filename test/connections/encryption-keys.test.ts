import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createVault, deriveSecret, loadKeys } from '../../src/connections/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { newKey } from './house.ts'

const logger = createLogger('silent')
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'junctor-keys-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))
const load = (dataFolder = folder) => loadKeys({ keys: null, dataFolder, logger })
const ids = async (keys: Awaited<ReturnType<typeof load>>) => keys.map(({ id, key }) => [id, key.reveal()])

describe('the key file', () => {
  it('is made on first start, for this account only, and used again', async () => {
    const deeper = join(folder, 'data')
    const first = await load(deeper)
    expect((await stat(join(deeper, 'keys'))).mode & 0o777).toBe(0o600)
    expect((await stat(deeper)).mode & 0o777).toBe(0o700)
    expect(await ids(await load(deeper))).toEqual(await ids(first))
    expect(await readdir(deeper)).toEqual(['keys'])
    expect(() => createVault(first)).not.toThrow()
  })

  it('is one file for hubs that start together', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => load()))
    const [first, ...others] = await Promise.all(all.map(ids))
    for (const other of others) expect(other).toEqual(first)
    expect(await readdir(folder)).toEqual(['keys'])
  })

  it.each([0o640, 0o604, 0o660, 0o666])('is refused where others may read or write it: %o', async mode => {
    await load()
    await chmod(join(folder, 'keys'), mode)
    await expect(load()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`chmod 600 ${join(folder, 'keys')}`),
    })
  })

  it.each(['', 'nonsense', 'id:short', ':AAAA'])(
    'is refused where it holds %j, and is not replaced',
    async text => {
      const path = join(folder, 'keys')
      await writeFile(path, text, { mode: 0o600 })
      await expect(load()).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
      expect(await readFile(path, 'utf8')).toBe(text)
    },
  )

  it('may hold several keys, the first of which encrypts', async () => {
    const [one, two] = [newKey('new'), newKey('old')]
    const lines = [one, two].map(({ id, key }) => `${id}:${key.reveal()}`).join('\n')
    await writeFile(join(folder, 'keys'), `${lines}\n`, { mode: 0o600 })
    expect((await load()).map(({ id }) => id)).toEqual(['new', 'old'])
  })

  it('is not made or read where the configuration has keys', async () => {
    const keys = [newKey('configured')]
    expect(await loadKeys({ keys, dataFolder: folder, logger })).toBe(keys)
    expect(await readdir(folder)).toEqual([])
  })
})

describe('a derived secret', () => {
  const keys = [newKey('a')]

  it('is the same for a purpose, different for another, and never the key', () => {
    const one = deriveSecret(keys, 'sessions').reveal()
    expect(one).toBe(deriveSecret(keys, 'sessions').reveal())
    expect(one).not.toBe(deriveSecret(keys, 'links').reveal())
    expect(Buffer.from(one, 'base64url')).toHaveLength(32)
    expect(one).not.toBe(Buffer.from(keys[0]!.key.reveal(), 'base64').toString('base64url'))
  })

  it('stays when a new key is put in front', () => {
    expect(deriveSecret([newKey('b'), ...keys], 'sessions').reveal()).toBe(
      deriveSecret(keys, 'sessions').reveal(),
    )
  })
})
