// The data folder: the hub's alone. Whoever else could write it could swap the keys and what is compiled, and lead a
// hub that is root to files of the system by symbolic links.
import { access, chown, constants, lstat, mkdir, readdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { isJunctorError, JunctorError } from './errors.ts'
import { serverAccounts, systemAccounts } from './system-accounts.ts'

/** The one thing in the folder that is another account's where the hub is root. */
export const clusterName = 'postgres'

/**
 * Makes the folder where it is not (mode 0700) and resolves with its real path. Throws STORE_UNAVAILABLE where this
 * hub cannot use it, or must not, because another account could write what is in it.
 */
export async function claimDataFolder(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
    const folder = await realpath(path)
    if (process.getuid?.() === 0) await claimForRoot(folder)
    else await claimForUser(folder)
    return folder
  } catch (cause) {
    if (isJunctorError(cause)) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw unusable(
      `The data folder ${path} cannot be used (${reason}): set JUNCTOR_DATA to a folder that Junctor may write.`,
      cause,
    )
  }
}

async function claimForRoot(folder: string): Promise<void> {
  const { uid, mode } = await lstat(folder)
  if (uid !== 0) {
    // Earlier versions gave the whole folder to the account that runs PostgreSQL.
    const given = serverAccounts(await systemAccounts()).some(account => account.uid === uid)
    if (!given)
      throw unusable(
        `The data folder ${folder} belongs to the user with id ${uid}, who could replace the files of a Junctor that runs as root: start Junctor as that user, run "chown root ${folder}", or set JUNCTOR_DATA to another folder.`,
      )
    await chown(folder, 0, 0)
  }
  if ((mode & 0o022) !== 0)
    throw unusable(
      `The data folder ${folder} can be written by other accounts, which could replace the files of a Junctor that runs as root: run "chmod go-w ${folder}", or set JUNCTOR_DATA to another folder.`,
    )
  for (const name of await readdir(folder)) {
    // The server's log was the account's as well; it is begun anew.
    if (name === clusterName || name.startsWith(`${clusterName}.`)) continue
    const entry = join(folder, name)
    const stats = await lstat(entry).catch(() => null)
    if (stats && stats.uid !== 0)
      throw unusable(
        `${entry} does not belong to root, which Junctor runs as: remove it, or run "chown -R root ${entry}" where nobody else can have changed it.`,
      )
  }
}

/** What a hub that was root left here would stop this one later, in the middle of its work. */
async function claimForUser(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const entry = join(folder, name)
    const refusal = await access(entry, constants.R_OK | constants.W_OK).catch((error: unknown) => error)
    // Drafts of another hub that starts at this moment come and go.
    if (refusal instanceof Error && 'code' in refusal && refusal.code === 'EACCES')
      throw unusable(
        `${entry} belongs to another user than the one that runs Junctor now: start Junctor as that one, give the whole folder to this one ("chown -R ${process.getuid?.()} ${folder}"), or set JUNCTOR_DATA to another folder.`,
      )
  }
}

function unusable(message: string, cause?: unknown): JunctorError {
  return new JunctorError('STORE_UNAVAILABLE', message, { cause })
}
