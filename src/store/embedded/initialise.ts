// A cluster appears whole or not at all: initdb fills a folder beside it that is renamed into place when it is done.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { JunctorError } from '../../errors.ts'
import { type Account, giveTo } from './account.ts'
import type { Binaries } from './binaries.ts'
import type { Launcher } from './launcher.ts'

/** The superuser of the cluster. */
export const owner = 'junctor'

/** How long an unfinished folder may be somebody's who is still at work. */
const unfinishedAfter = 10 * 60_000

const choices = [
  `--username=${owner}`,
  '--encoding=UTF8',
  // The same order of strings on every platform, whatever locales it has.
  '--no-locale',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--data-checksums',
  // Whoever gets through the socket folder's mode is trusted; nobody comes by TCP.
  '--auth-local=trust',
  '--auth-host=reject',
  '--no-instructions',
]

export interface Initialisation {
  /** Absolute path of the cluster. */
  readonly cluster: string
  readonly account: Account | null
  readonly binaries: Binaries
  readonly launch: Launcher
}

/** Makes the cluster unless it exists. Throws STORE_UNAVAILABLE with initdb's own words. */
export async function initialise({ cluster, account, binaries, launch }: Initialisation): Promise<void> {
  await removeUnfinished(cluster)
  if (await exists(join(cluster, 'PG_VERSION'))) return
  const unfinished = `${cluster}.new-${process.pid}-${randomBytes(4).toString('hex')}`
  try {
    await mkdir(unfinished, { mode: 0o700 })
    await giveTo(account, unfinished)
    await run(launch(binaries.initdb, [`--pgdata=${unfinished}`, ...choices]))
    await moveInto(unfinished, cluster)
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

async function run({ file, args, options }: ReturnType<Launcher>): Promise<void> {
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  const [code, complaint] = await Promise.all([ended, text(child.stderr)]).catch((cause: unknown) => {
    throw new JunctorError('STORE_UNAVAILABLE', `${file} cannot be run here: set DATABASE_URL instead.`, {
      cause,
    })
  })
  if (code !== 0)
    throw new JunctorError(
      'STORE_UNAVAILABLE',
      `The embedded PostgreSQL could not make its data folder (${complaint.trim().replaceAll('\n', ' ')}): correct that, or set DATABASE_URL.`,
    )
}

/** Renames, unless another hub that started at the same moment was first: then its cluster is the cluster. */
async function moveInto(unfinished: string, cluster: string): Promise<void> {
  try {
    await rename(unfinished, cluster)
  } catch (error) {
    if (await exists(join(cluster, 'PG_VERSION'))) return
    throw new JunctorError(
      'STORE_UNAVAILABLE',
      `The embedded PostgreSQL could not be put at ${cluster}: remove what is there, or set JUNCTOR_DATA to another folder.`,
      { cause: error },
    )
  }
  const parent = await open(dirname(cluster))
  await parent.sync().finally(() => parent.close())
}

/** Removes what a hub left that was killed during initdb. */
async function removeUnfinished(cluster: string): Promise<void> {
  const parent = dirname(cluster)
  for (const name of await readdir(parent)) {
    const maker = new RegExp(`^${RegExp.escape(basename(cluster))}\\.new-(\\d+)-`).exec(name)?.[1]
    if (!maker) continue
    const path = join(parent, name)
    const changed = await stat(path).then(
      stats => stats.mtimeMs,
      () => Number.POSITIVE_INFINITY,
    )
    if (!isAlive(Number(maker)) || Date.now() - changed > unfinishedAfter)
      await rm(path, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
