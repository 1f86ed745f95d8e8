// Another program, with an end in time and in memory, and how it ended.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { residentMegabytes } from '../measure/machine.ts'

const lookMilliseconds = 50

export interface Outcome {
  readonly seconds: number
  /** The most that it had at any time. */
  readonly megabytes: number
  /** What it did, in words. */
  readonly ending: 'finished' | 'failed' | 'out of time' | 'out of memory'
  readonly stdout: string
  readonly stderr: string
}

/** Runs a Node program. `megabytes` bounds its heap. */
export async function bounded(options: {
  readonly arguments: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly seconds: number
  readonly megabytes: number
}): Promise<Outcome> {
  const started = performance.now()
  const child = spawn(process.execPath, [`--max-old-space-size=${options.megabytes}`, ...options.arguments], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', chunk => (output.stdout += String(chunk)))
  child.stderr.on('data', chunk => (output.stderr += String(chunk)))
  let megabytes = 0
  const looking = setInterval(async () => {
    megabytes = Math.max(megabytes, (await residentMegabytes(child.pid ?? 0, 'VmHWM')) ?? 0)
  }, lookMilliseconds)
  let late = false
  const ending = setTimeout(() => {
    late = true
    child.kill('SIGKILL')
  }, options.seconds * 1000)
  await once(child, 'close')
  clearInterval(looking)
  clearTimeout(ending)
  return {
    seconds: (performance.now() - started) / 1000,
    megabytes,
    ending: late ? 'out of time' : endingOf(child.exitCode, output.stderr),
    ...output,
  }
}

function endingOf(code: number | null, stderr: string): Outcome['ending'] {
  if (code === 0) return 'finished'
  return /heap out of memory/i.test(stderr) ? 'out of memory' : 'failed'
}
