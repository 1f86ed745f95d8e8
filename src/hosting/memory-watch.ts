// The memory of a hosted process, read from outside: one that is out of bounds may be too busy to tell. V8's own limit
// (confinement.ts) covers its heap only, neither buffers nor what SQLite allocates.
import { readFileSync } from 'node:fs'
import type { Clock } from '../clock.ts'

const mostMegabytes = 512
const intervalMilliseconds = 500

/** Calls `exceeded` once with why. Watches nothing where there is no /proc: Linux only. The returned function ends it. */
export function watchMemory(options: {
  readonly pid: number | undefined
  readonly clock: Clock
  readonly exceeded: (why: string) => void
}): () => void {
  const { pid, clock, exceeded } = options
  let cancel = () => {}
  const look = () => {
    const megabytes = residentMegabytes(pid)
    if (megabytes === null) return
    if (megabytes <= mostMegabytes) cancel = clock.after(intervalMilliseconds, look)
    else exceeded(`it holds ${megabytes} MB of memory, more than the ${mostMegabytes} that it may have`)
  }
  cancel = clock.after(intervalMilliseconds, look)
  return () => cancel()
}

/** https://man7.org/linux/man-pages/man5/proc_pid_status.5.html; null where it cannot be known. */
function residentMegabytes(pid: number | undefined): number | null {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024)
  } catch {
    // It has ended, or this system has no /proc.
    return null
  }
}
