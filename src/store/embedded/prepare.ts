// From a data folder to a place where a server can be run: programs, account, cluster, socket.
import { access, constants, mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { JunctorError } from '../../errors.ts'
import { chooseAccount, giveTo } from './account.ts'
import { type Binaries, findBinaries } from './binaries.ts'
import { initialise } from './initialise.ts'
import { createLauncher } from './launcher.ts'
import { linkLibraries } from './libraries.ts'
import { mayExecute } from './reach.ts'
import type { ServerPlace } from './server-place.ts'
import { socketFolder } from './socket-folder.ts'

/** Makes what is missing. Throws STORE_UNAVAILABLE where that cannot be. */
export async function prepare(dataFolder: string, given: Binaries | undefined): Promise<ServerPlace> {
  const binaries = await resolveLinks(given ?? (await findBinaries()))
  await linkLibraries(binaries)
  const folder = await makeFolder(dataFolder)
  const cluster = join(folder, 'postgres')
  const account = await chooseAccount(folder, cluster)
  if (account && !(await mayExecute(account, folder))) await giveTo(account, folder)
  const launch = await createLauncher(account, binaries, folder)
  await initialise({ cluster, account, binaries, launch })
  return {
    dataFolder: folder,
    cluster,
    socketFolder: await socketFolder(cluster, account),
    log: join(folder, 'postgres.log'),
    account,
    binaries,
    launch,
  }
}

/** Which folders lie on the way is only known of real paths. */
async function resolveLinks({ initdb, postgres }: Binaries): Promise<Binaries> {
  return { initdb: await realpath(initdb), postgres: await realpath(postgres) }
}

async function makeFolder(dataFolder: string): Promise<string> {
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o700 })
    await access(dataFolder, constants.R_OK | constants.W_OK | constants.X_OK)
    return await realpath(dataFolder)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new JunctorError(
      'STORE_UNAVAILABLE',
      `The data folder ${dataFolder} cannot be used (${reason}): set JUNCTOR_DATA to a folder that Junctor may write.`,
      { cause },
    )
  }
}
