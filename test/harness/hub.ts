// A real hub for end-to-end tests: `node src/main.ts serve` in a process of its own, on a free port.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface HubOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Keeps this data folder; without it, a temporary one is made and removed. */
  readonly dataFolder?: string
  readonly port?: number
  /** Options of `serve`. */
  readonly arguments?: readonly string[]
}

export interface Hub extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly dataFolder: string
  readonly process: ChildProcess
  /** Everything the hub has written so far. */
  output(): string
  /** Ends it with the signal and waits until it is gone; resolves with its exit code (null after SIGKILL). */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>
}

const root = join(import.meta.dirname, '../..')

/** Starts a hub and waits until it is ready. Throws with its output where it ends before that. */
export async function startHub(options: HubOptions = {}): Promise<Hub> {
  const port = options.port ?? (await freePort())
  const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'junctor-hub-')))
  const { DATABASE_URL: _, ...inherited } = process.env
  const child = spawn(process.execPath, ['src/main.ts', 'serve', ...(options.arguments ?? [])], {
    cwd: root,
    env: {
      ...inherited,
      NODE_ENV: 'development',
      PORT: String(port),
      JUNCTOR_DATA: dataFolder,
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += String(chunk)))
  const ended = once(child, 'exit')
  const url = `http://localhost:${port}`

  const stop = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await ended
    return child.exitCode
  }
  await waitFor(
    async () => {
      if (child.exitCode !== null)
        throw new Error(`The hub ended with ${child.exitCode} before it was ready.\n${output}`)
      return (await fetch(`${url}/ready`).catch(() => null))?.ok === true
    },
    () => `The hub did not get ready.\n${output}`,
  )
  return {
    url,
    port,
    dataFolder,
    process: child,
    output: () => output,
    stop,
    async [Symbol.asyncDispose]() {
      await stop('SIGTERM')
      if (!options.dataFolder) await rm(dataFolder, { recursive: true, force: true })
    },
  }
}

/** Polls until the condition holds; gives up after `seconds` with the description as the error. */
export async function waitFor(
  condition: () => Promise<boolean>,
  description: () => string,
  seconds = 60,
): Promise<void> {
  const end = Date.now() + seconds * 1000
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(description())
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

/** A TCP port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('No port.')
  return address.port
}
