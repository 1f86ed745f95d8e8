// PostgreSQL refuses to run as root: where the hub is root, an unprivileged account runs it.
import { chown, lstat, readFile } from 'node:fs/promises'
import { JunctorError } from '../../errors.ts'

/** Null stands for the hub's own account. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/**
 * The account that runs PostgreSQL for a hub that is root: the owner of what already stands in the data folder, else
 * `postgres`, else `nobody`. Null where the hub is not root. Throws STORE_UNAVAILABLE where there is no such account.
 */
export async function chooseAccount(dataFolder: string, cluster: string): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null
  const passwords = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const entries = passwords.split('\n').map(line => line.split(':'))
  for (const folder of [cluster, dataFolder]) {
    const owner = await ownerOf(folder)
    if (!owner || owner.uid === 0) continue
    const gid = Number(entries.find(entry => Number(entry[2]) === owner.uid)?.[3] ?? owner.gid)
    return { uid: owner.uid, gid }
  }
  const found = ['postgres', 'nobody'].map(name => entries.find(entry => entry[0] === name)).find(Boolean)
  const [uid, gid] = [Number(found?.[2]), Number(found?.[3])]
  if (!(uid > 0 && gid > 0))
    throw new JunctorError(
      'STORE_UNAVAILABLE',
      'The embedded PostgreSQL does not run as root, and this system has neither an account "postgres" nor "nobody": start Junctor as an ordinary user, or set DATABASE_URL.',
    )
  return { uid, gid }
}

/** Gives a folder (not what is in it) to the account; the hub keeps its access, being root. */
export async function giveTo(account: Account | null, folder: string): Promise<void> {
  if (account) await chown(folder, account.uid, account.gid)
}

async function ownerOf(folder: string): Promise<Account | null> {
  const stats = await lstat(folder).catch(() => null)
  return stats?.isDirectory() ? { uid: stats.uid, gid: stats.gid } : null
}
