// How a program of PostgreSQL is run: as the hub's own account, as the unprivileged one, and where that one cannot
// pass a closed folder (a checkout under /root, say) with the single capability that lets it through.
import { readFile } from 'node:fs/promises'
import { JunctorError } from '../../errors.ts'
import type { Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import { canReach, mayExecute } from './reach.ts'

/** What child_process.spawn takes. */
interface Launch {
  readonly file: string
  readonly args: readonly string[]
  readonly options: {
    readonly cwd: string
    readonly env: NodeJS.ProcessEnv
    readonly uid?: number
    readonly gid?: number
  }
}
export type Launcher = (program: string, args: readonly string[]) => Launch

/** Bits of the capability sets in /proc/self/status (linux/capability.h). */
const capabilities = { dac_override: 1n, dac_read_search: 2n, setpcap: 8n } as const
type Capability = keyof typeof capabilities

/**
 * Decides how the programs run. `folder` is where the data will be; it exists.
 * Throws STORE_UNAVAILABLE where the account can reach neither by mode bits nor by a capability.
 */
export async function createLauncher(
  account: Account | null,
  binaries: Binaries,
  folder: string,
): Promise<Launcher> {
  // The hub's own environment holds secrets, and PG* variables that would lead the programs elsewhere.
  const options = { cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C' } }
  if (!account) return (file, args) => ({ file, args, options })
  const programs = [binaries.initdb, binaries.postgres]
  const ways = {
    programs: (await Promise.all(programs.map(program => canReach(account, program)))).every(Boolean),
    data: await canReach(account, folder),
  }
  if (ways.programs && ways.data) return (file, args) => ({ file, args, options: { ...options, ...account } })

  const held = await heldCapabilities()
  const holds = (name: Capability) => ((held >> capabilities[name]) & 1n) === 1n
  // Passing closed folders is all that is needed, unless a program itself is closed to the account.
  const executable = (await Promise.all(programs.map(program => mayExecute(account, program)))).every(Boolean)
  const wanted: readonly Capability[] = executable ? ['dac_read_search', 'dac_override'] : ['dac_override']
  const capability = wanted.find(holds)
  if (!capability || !(ways.programs || holds('setpcap'))) throw unreachable(account, folder)
  const change = [
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    '--clear-groups',
    `--inh-caps=+${capability}`,
    `--ambient-caps=+${capability}`,
    // PostgreSQL asks access(2) for its own programs, which leaves capabilities out of account for any user but root,
    // unless this bit is set (capabilities(7), "The securebits flags").
    ...(ways.programs ? [] : ['--securebits=+no_setuid_fixup']),
    '--',
  ]
  return (program, args) => ({ file: 'setpriv', args: [...change, program, ...args], options })
}

/** What this process may hand on: permitted and not bounded away. Nothing where there is no /proc. */
async function heldCapabilities(): Promise<bigint> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '')
  const set = (name: string) =>
    BigInt(`0x${new RegExp(`^${name}:\\s*([0-9a-f]+)`, 'm').exec(status)?.[1] ?? '0'}`)
  return set('CapPrm') & set('CapBnd')
}

function unreachable(account: Account, folder: string): JunctorError {
  return new JunctorError(
    'STORE_UNAVAILABLE',
    `The embedded PostgreSQL does not run as root, and the account with user id ${account.uid} that would run it cannot reach ${folder} or PostgreSQL's programs through the folders above them: set JUNCTOR_DATA to a folder that it can reach, start Junctor as an ordinary user, or set DATABASE_URL.`,
  )
}
