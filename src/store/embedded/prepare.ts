// From a data folder to a place where a server can be run: programs, account, cluster, socket.
import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { claimDataFolder, clusterName } from '../../data-folder.ts'
import { chooseAccount, letThrough } from './account.ts'
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
  const folder = await claimDataFolder(dataFolder)
  const cluster = join(folder, clusterName)
  const account = await chooseAccount(cluster)
  if (account && !(await mayExecute(account, folder))) await letThrough(folder)
  const launch = await createLauncher(account, binaries, folder)
  await initialise({ cluster, account, binaries, launch })
  return {
    dataFolder: folder,
    cluster,
    socketFolder: await socketFolder(cluster, account),
    log: join(folder, `${clusterName}.log`),
    binaries,
    launch,
  }
}

/** Which folders lie on the way is only known of real paths. */
async function resolveLinks({ initdb, postgres }: Binaries): Promise<Binaries> {
  return { initdb: await realpath(initdb), postgres: await realpath(postgres) }
}
