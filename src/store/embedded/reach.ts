// What an account may reach: each folder on the way must let it through (path_resolution(7)).
import { realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Account } from './account.ts'

/** True where every folder above `path` and, of `path` itself, the mode lets the account through or execute it. */
export async function canReach(account: Account, path: string): Promise<boolean> {
  for (let place = await realpath(path); ; place = dirname(place)) {
    if (!(await mayExecute(account, place))) return false
    if (place === dirname(place)) return true
  }
}

/** Whether the mode bits let the account search this folder or execute this file. */
export async function mayExecute(account: Account, path: string): Promise<boolean> {
  const { mode, uid, gid } = await stat(path)
  if (uid === account.uid) return (mode & 0o100) !== 0
  if (gid === account.gid) return (mode & 0o010) !== 0
  return (mode & 0o001) !== 0
}
