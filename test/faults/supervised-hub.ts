// A hub that is started again whenever it ends, as a service manager does, and that can be killed, stopped and continued.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const preload = join(import.meta.dirname, 'skewed-clock.ts')
/** Milliseconds before it is started again. */
const pause = 200
/** Characters of its output that are kept, for whoever wonders. */
const keptOutput = 20_000

export interface SupervisedHub extends AsyncDisposable {
  readonly url: string
  readonly starts: () => number
  /** How often it was killed while it ran. */
  readonly kills: () => number
  readonly output: () => string
  /** False where it does not run at this moment. */
  kill(): boolean
  /** Stops it, and continues it after so many milliseconds unless it was killed meanwhile. False where it does not run. */
  freeze(milliseconds: number): boolean
}

export function superviseHub(options: {
  readonly port: number
  readonly env: Readonly<Record<string, string>>
  /** How far off the wall clock of the next start is, in milliseconds. */
  readonly skew: () => number
}): SupervisedHub {
  let ending = false
  let starts = 0
  let kills = 0
  let output = ''
  let child: ChildProcess | null = null
  let killed: ChildProcess | null = null
  const { DATABASE_URL: _, ...inherited } = process.env

  async function run(): Promise<void> {
    while (!ending) {
      starts++
      child = spawn(process.execPath, ['src/main.ts', 'serve'], {
        cwd: root,
        env: {
          ...inherited,
          NODE_ENV: 'development',
          PORT: String(options.port),
          JUNCTOR_LOG: 'warn',
          ...options.env,
          NODE_OPTIONS: `--import=${preload}`,
          SKEW_MILLISECONDS: String(options.skew()),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', chunk => {
          output = (output + String(chunk)).slice(-keptOutput)
        })
      await once(child, 'exit')
      if (!ending) await new Promise(resolve => setTimeout(resolve, pause))
    }
  }

  /** A busy machine may take its time to tell that a process is gone. */
  const runningChild = () =>
    child !== null && child !== killed && child.exitCode === null && child.signalCode === null ? child : null

  const running = run()
  return {
    url: `http://127.0.0.1:${options.port}`,
    starts: () => starts,
    output: () => output,
    kills: () => kills,
    kill() {
      const running = runningChild()
      if (!running?.kill('SIGKILL')) return false
      killed = running
      kills++
      return true
    },
    freeze(milliseconds) {
      const frozen = runningChild()
      if (!frozen?.kill('SIGSTOP')) return false
      setTimeout(() => frozen.kill('SIGCONT'), milliseconds)
      return true
    },
    async [Symbol.asyncDispose]() {
      ending = true
      child?.kill('SIGCONT')
      child?.kill('SIGTERM')
      await running
    },
  }
}
