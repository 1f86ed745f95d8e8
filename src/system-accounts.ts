// Accounts of this system, from /etc/passwd. Where there is none of that name, nobody has an account.
import { readFile } from 'node:fs/promises'

export interface SystemAccount {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

export async function systemAccounts(): Promise<readonly SystemAccount[]> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '')
  return text.split('\n').flatMap(line => {
    const [name = '', , uid = '', gid = ''] = line.split(':')
    return /^\d+$/.test(uid) && /^\d+$/.test(gid) ? [{ name, uid: Number(uid), gid: Number(gid) }] : []
  })
}

/** Those that may run the embedded PostgreSQL for a hub that is root, in the order of choice. */
export function serverAccounts(accounts: readonly SystemAccount[]): readonly SystemAccount[] {
  return ['postgres', 'nobody'].flatMap(name =>
    accounts.filter(account => account.name === name && account.uid > 0 && account.gid > 0),
  )
}
