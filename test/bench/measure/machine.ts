// What the system says of processes, and of itself.
import { readdir, readFile } from 'node:fs/promises'
import { availableParallelism, cpus, release, totalmem } from 'node:os'

const megabyte = 1024

/** One line that a reader needs to judge the figures. */
export function describeMachine(): string {
  const model = cpus()[0]?.model ?? 'unknown processor'
  const memory = Math.round(totalmem() / 1024 ** 3)
  return `${availableParallelism()} × ${model}, ${memory} GB, Linux ${release()}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`
}

/** Resident megabytes of one process, or the most it ever had; null where it has ended. */
export async function residentMegabytes(
  pid: number,
  which: 'VmRSS' | 'VmHWM' = 'VmRSS',
): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const found = new RegExp(`${which}:\\s+(\\d+) kB`).exec(status)?.[1]
  return found === undefined ? null : Number(found) / megabyte
}

/** Processor seconds that a process has used so far, its own threads' and no child's. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // Behind the name in brackets; utime and stime are the 14th and 15th field, in ticks of a hundredth.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Seconds that a process's main thread was ready to run so far, and had no processor. */
export async function waitedSeconds(pid: number): Promise<number> {
  const [, waited] = (await readFile(`/proc/${pid}/schedstat`, 'utf8')).split(' ')
  return Number(waited) / 1e9
}

/** Megabytes of processes that share memory with each other: each page counted once among those who share it. */
export async function proportionalMegabytes(pids: readonly number[]): Promise<number> {
  let sum = 0
  for (const pid of pids) {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
    sum += Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) / megabyte
  }
  return sum
}

export interface Descendant {
  readonly pid: number
  readonly command: string
}

/** Every process below this one. */
export async function descendants(pid: number): Promise<readonly Descendant[]> {
  const parents = new Map<number, number[]>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    const parent = Number(/^\d+ \(.*\) \S+ (\d+)/s.exec(stat)?.[1] ?? 0)
    parents.set(parent, [...(parents.get(parent) ?? []), Number(name)])
  }
  const below = (of: number): readonly number[] =>
    (parents.get(of) ?? []).flatMap(child => [child, ...below(child)])
  return Promise.all(
    below(pid).map(async child => ({
      pid: child,
      command: (await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' '),
    })),
  )
}
