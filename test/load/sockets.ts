// The TCP connections of a process, as the kernel knows them.
import { readdir, readFile, readlink } from 'node:fs/promises'
import { waitFor } from '../harness/hub.ts'

/** The pool of the database opens so many connections when there is much to do. */
const poolSize = 10

export interface Sockets {
  /** Connections of other processes to this port of the process. */
  readonly accepted: number
  /** Connections of the process to the port of the API. */
  readonly upstream: number
  /** Everything that the process has open. */
  readonly descriptors: number
}

/** Established or about to close; those that the kernel only remembers (TIME_WAIT) belong to nobody. */
export async function socketsOf(
  pid: number,
  ports: { readonly own: number; readonly upstream: number },
): Promise<Sockets> {
  const names = await readdir(`/proc/${pid}/fd`)
  const links = await Promise.all(names.map(name => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')))
  const inodes = new Set(links.map(link => /^socket:\[(\d+)\]$/.exec(link)?.[1]))
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map(table => readFile(`/proc/${pid}/net/${table}`, 'utf8')),
  )
  let accepted = 0
  let upstream = 0
  for (const line of tables.join('\n').split('\n')) {
    const [, local = '', remote = '', , , , , , , inode = ''] = line.trim().split(/\s+/)
    const remotePort = portOf(remote)
    if (!inodes.has(inode) || remotePort === 0) continue
    if (portOf(local) === ports.own) accepted++
    if (remotePort === ports.upstream) upstream++
  }
  return { accepted, upstream, descriptors: names.length }
}

/** 0 for no other end: a socket that listens. */
const portOf = (address: string) => Number.parseInt(address.split(':')[1] ?? '0', 16)

/**
 * Waits until nothing is open that was not before, and gives what is. Whoever connected before may still be there.
 * Throws with both looks where that takes longer than `seconds`.
 */
export async function atRest(
  look: () => Promise<Sockets>,
  before: Sockets,
  seconds: number,
): Promise<Sockets> {
  let after = await look()
  await waitFor(
    async () => {
      after = await look()
      return (
        after.accepted <= before.accepted &&
        after.upstream === 0 &&
        after.descriptors <= before.descriptors + poolSize
      )
    },
    () => `The hub keeps what it opened: ${JSON.stringify({ before, after })}`,
    seconds,
  )
  return after
}
