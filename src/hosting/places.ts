// Where hosted code lives on disk: its data folder and its socket, both closed to other users of the machine.
import { createHash } from 'node:crypto'
import { lstat, mkdir } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { JunctorError } from '../errors.ts'
import type { HostedCode } from './hosted-code.ts'

export interface HostedPlace {
  /** Where the process may write: a webapp's own folder; for hooks, which keep nothing, that of the socket. */
  readonly dataFolder: string
  /** Nothing but the socket is in it. */
  readonly socketFolder: string
  readonly socketPath: string
}

/** sun_path holds 104 bytes on macOS and 108 on Linux, with the final zero (unix(7)). */
const longestSocketPath = 103

/**
 * Makes the folders of one process: a version (`hash`) of a connector's code, for one of its authentications. The data
 * folder is the connector's. The socket's path stays the same over restarts. It moves to the system's temporary folder
 * where the hub's data folder has too long a path.
 */
export async function makePlace(
  hub: string,
  { connector, hash, authentication, kind }: PlaceOwner,
): Promise<HostedPlace> {
  const name = digest(`${connector} ${hash} ${JSON.stringify(authentication)}`)
  const wanted = join(hub, 'sockets', `${connector}-${name.slice(0, 12)}`)
  const fits = Buffer.byteLength(join(wanted, socketName)) <= longestSocketPath
  const socketFolder = fits ? wanted : join(await temporaryFolder(hub), name)
  await mkdir(socketFolder, { recursive: true, mode: 0o700 })
  const dataFolder = kind === 'webapp' ? join(hub, 'webapps', connector) : socketFolder
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  return { dataFolder, socketFolder, socketPath: join(socketFolder, socketName) }
}

interface PlaceOwner {
  readonly connector: string
  readonly hash: string
  readonly authentication: string | null
  readonly kind: HostedCode['kind']
}

const socketName = 's'

async function temporaryFolder(hub: string): Promise<string> {
  const { uid } = userInfo()
  const folder = join(tmpdir(), `junctor-${uid}-${digest(hub)}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // Anyone can make a folder of this name first and then read what passes through the sockets in it.
  const found = await lstat(folder)
  const ours = found.isDirectory() && (process.platform === 'win32' || found.uid === uid)
  if (!ours || (found.mode & 0o077) !== 0)
    throw new JunctorError(
      'WEBAPP_UNAVAILABLE',
      `The folder ${folder} for the sockets of hosted code belongs to somebody else or is open to others; remove it, or give the hub a data folder with a shorter path in JUNCTOR_DATA.`,
    )
  return folder
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
