// PostgreSQL refuses to run as root: where the hub is root, an unprivileged account runs it.
import { chmod, chown, lstat } from 'node:fs/promises'
import { JunctorError } from '../../errors.ts'
import { serverAccounts, systemAccounts } from '../../system-accounts.ts'

/** Null stands for the hub's own account. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/**
 * The account that runs PostgreSQL for a hub that is root: the owner of the cluster where there is one, else
 * `postgres`, else `nobody`. Null where the hub is not root. Throws STORE_UNAVAILABLE where there is no such account.
 */
export async function chooseAccount(cluster: string): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null
  const accounts = await systemAccounts()
  const owner = await ownerOf(cluster)
  if (owner && owner.uid !== 0)
    return { uid: owner.uid, gid: accounts.find(({ uid }) => uid === owner.uid)?.gid ?? owner.gid }
  const [found] = serverAccounts(accounts)
  if (!found)
    throw new JunctorError(
      'STORE_UNAVAILABLE',
      'The embedded PostgreSQL does not run as root, and this system has neither an account "postgres" nor "nobody": start Junctor as an ordinary user, or set DATABASE_URL.',
    )
  return { uid: found.uid, gid: found.gid }
}

/** Gives a folder (not what is in it) to the account; the hub keeps its access, being root. */
export async function giveTo(account: Account | null, folder: string): Promise<void> {
  if (account) await chown(folder, account.uid, account.gid)
}

/** Lets the account pass through a folder that stays the hub's: it may neither list nor change what is in it. */
export async function letThrough(folder: string): Promise<void> {
  const { mode } = await lstat(folder)
  await chmod(folder, (mode & 0o7777) | 0o011)
}

async function ownerOf(folder: string): Promise<Account | null> {
  const stats = await lstat(folder).catch(() => null)
  return stats?.isDirectory() ? { uid: stats.uid, gid: stats.gid } : null
}
