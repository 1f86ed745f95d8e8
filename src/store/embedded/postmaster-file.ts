// postmaster.pid tells who runs a cluster, and may be stale: after a crash its number can belong to any program.
import { execFile } from 'node:child_process'
import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { socketPath } from './socket-folder.ts'

export interface Postmaster {
  readonly pid: number
  /** Where it listens. */
  readonly socketFolder: string
}

/** Milliseconds that a server may take between making the file and writing it. */
const emptyAtMost = 5_000

/** The running server of a cluster, or null. */
export async function findPostmaster(cluster: string): Promise<Postmaster | null> {
  const found = await readPostmasterFile(cluster)
  return found && (await isPostmaster(found.pid, cluster)) ? found : null
}

/** True while `pid` is a living server of this cluster: not a zombie, not another program with the same number. */
export async function isPostmaster(pid: number, cluster: string): Promise<boolean> {
  const line = await commandLine(pid)
  return line.includes(`\0-D\0${cluster}\0`) || line.includes(` -D ${cluster} `)
}

/**
 * Removes a file that the server itself would obey although it is stale: one whose number belongs to another program
 * by now, or one that a power cut left empty. Call only when no server of this cluster runs or answers.
 */
export async function removeStalePostmasterFile(cluster: string, socketFolder: string): Promise<void> {
  const path = join(cluster, 'postmaster.pid')
  const found = await readPostmasterFile(cluster)
  if (found) {
    const line = await commandLine(found.pid)
    // Nobody has the number: the server sees that itself. Or a rival has just started, and the file is its.
    if (line === '' || (await isPostmaster(found.pid, cluster))) return
  } else {
    const stats = await stat(path).catch(() => null)
    if (!stats || Date.now() - stats.mtimeMs < emptyAtMost) return
  }
  await rm(path, { force: true })
  await rm(`${socketPath(socketFolder)}.lock`, { force: true })
}

/** Lines: pid, cluster, start time, port, socket folder, … (PostgreSQL, src/include/utils/pidfile.h). */
async function readPostmasterFile(cluster: string): Promise<Postmaster | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')
  const [pid = '', , , , socketFolder = ''] = text.split('\n')
  return /^\d+$/.test(pid) && socketFolder !== '' ? { pid: Number(pid), socketFolder } : null
}

/** A program and its arguments, after NUL or, from ps, after spaces; empty where it is gone or waits to be reaped. */
async function commandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  const listed = await promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(
    () => null,
  )
  return listed?.stdout.trim() ?? ''
}
