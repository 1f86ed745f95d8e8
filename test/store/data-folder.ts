// Temporary data folders, whose server (if one is left) is ended before they go.
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'

export interface DataFolder extends AsyncDisposable {
  readonly path: string
  /** Number of the server's process, from its own file. */
  serverPid(): Promise<number>
}

/** A data folder that does not exist yet, in a new folder with mode 0700, which belongs to whoever runs the tests. */
export async function temporaryDataFolder(name = 'data'): Promise<DataFolder> {
  const parent = await mkdtemp(join(tmpdir(), 'junctor-store-'))
  const path = join(parent, name)
  const serverPid = async () =>
    Number.parseInt(await readFile(join(path, 'postgres/postmaster.pid'), 'utf8'), 10)
  return {
    path,
    serverPid,
    async [Symbol.asyncDispose]() {
      const pid = await serverPid().catch(() => null)
      if (pid !== null && isAlive(pid)) {
        process.kill(pid, 'SIGQUIT')
        await vi.waitUntil(() => !isAlive(pid), { timeout: 30_000 })
      }
      await rm(parent, { recursive: true, force: true })
    },
  }
}

/** True while a process with that number runs; one that only waits to be reaped by a negligent parent does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== ''
  } catch {
    return false
  }
}
