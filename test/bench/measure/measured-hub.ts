// A real hub in a process of its own, started with a stopwatch in hand.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { freePort } from '../../harness/hub.ts'
import { descendants, proportionalMegabytes, residentMegabytes } from './machine.ts'

const root = join(import.meta.dirname, '../../..')
const probe = JSON.stringify({ query: '{ viewer { email } }' })
/** How finely the first answer is looked for. */
const probeMilliseconds = 5

export interface HubKind {
  readonly dataFolder: string
  readonly env: Readonly<Record<string, string>>
}

export interface MeasuredHub extends AsyncDisposable {
  readonly url: string
  readonly pid: number
  /** From the start of the process to the first answered query. */
  readonly firstAnswerMilliseconds: number
  /** At that moment. */
  readonly memory: { readonly hub: number; readonly postgres: number }
  /** Megabytes of the hub's process and of the compiling processes, now. */
  memoryNow(): Promise<{ readonly hub: number; readonly compiler: number }>
  output(): string
}

export async function startMeasuredHub(options: HubKind): Promise<MeasuredHub> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const { DATABASE_URL: _, ...inherited } = process.env
  const started = performance.now()
  const child = spawn(process.execPath, ['src/main.ts', 'serve'], {
    cwd: root,
    env: {
      ...inherited,
      PORT: String(port),
      JUNCTOR_DATA: options.dataFolder,
      JUNCTOR_LOG: 'error',
      // What is measured is the hub, not its patience with an API.
      JUNCTOR_CALL_RATES: '0,0',
      JUNCTOR_WEBHOOK_RATE: '0,0',
      ...options.env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  child.stderr.on('data', chunk => (output += String(chunk)))
  await firstAnswer(child, url, () => output)
  const firstAnswerMilliseconds = performance.now() - started
  const pid = child.pid ?? 0
  const matching = async (pattern: RegExp) =>
    (await descendants(pid)).filter(({ command }) => pattern.test(command)).map(one => one.pid)
  const memory = {
    hub: (await residentMegabytes(pid)) ?? 0,
    postgres: await proportionalMegabytes(await matching(/postgres/)),
  }
  return {
    url,
    pid,
    firstAnswerMilliseconds,
    memory,
    async memoryNow() {
      return {
        hub: (await residentMegabytes(pid)) ?? 0,
        compiler: await proportionalMegabytes(await matching(/compile-child/)),
      }
    },
    output: () => output,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function firstAnswer(child: ChildProcess, url: string, output: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The hub ended before it answered.\n${output()}`)
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: probe,
    }).catch(() => null)
    if (answer?.ok && (await answer.text()).includes('viewer')) return
    await new Promise(resolve => setTimeout(resolve, probeMilliseconds))
  }
}
