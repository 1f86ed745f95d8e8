// Where the server's Unix socket is. A socket's path has room for some 103 bytes (sun_path, unix(7)).
import { createHash } from 'node:crypto'
import { lstat, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { JunctorError } from '../../errors.ts'
import { type Account, giveTo } from './account.ts'

/** The number in the socket's name; nothing listens on a port. */
export const socketPort = 5432
const longestPath = 103

/** The socket's path in a folder, as libpq and the server agree on it. */
export function socketPath(folder: string): string {
  return join(folder, `.s.PGSQL.${socketPort}`)
}

/**
 * The cluster's folder where its path is short enough, else a private folder of the temporary one, made on demand.
 * Throws STORE_UNAVAILABLE where somebody else has put something in its place.
 */
export async function socketFolder(cluster: string, account: Account | null): Promise<string> {
  if (Buffer.byteLength(socketPath(cluster)) <= longestPath) return cluster
  const hash = createHash('sha256').update(cluster).digest('hex').slice(0, 16)
  const folder = join(tmpdir(), `junctor-${hash}`)
  if (await mkdir(folder, { mode: 0o700, recursive: true })) await giveTo(account, folder)
  const { uid, mode } = await lstat(folder).then(stats =>
    stats.isDirectory() ? stats : { uid: -1, mode: 0 },
  )
  if (uid !== (account?.uid ?? process.getuid?.()) || (mode & 0o077) !== 0)
    throw new JunctorError(
      'STORE_UNAVAILABLE',
      `The path ${cluster} is too long for a Unix socket, and ${folder}, which would hold it instead, belongs to somebody else: remove it, or set JUNCTOR_DATA to a shorter path.`,
    )
  return folder
}
