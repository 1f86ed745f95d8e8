// Runs store-program.ts as a process of its own and reads what it says.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'

interface Fact {
  readonly opened?: string
  readonly row?: number
  readonly failed?: true
  readonly lost?: string
  readonly code?: string
  readonly message?: string
}

export interface StoreProgram extends AsyncDisposable {
  readonly process: ChildProcess
  /** What it said so far. */
  readonly facts: readonly Fact[]
  /** The newest row that the database acknowledged to it. */
  acknowledged(): number
  /** Waits until it said something that fits; throws with everything that it said when it ends without. */
  until(fits: (fact: Fact) => boolean): Promise<Fact>
  /** Sends the signal and waits for its end; the exit code, null after SIGKILL. */
  stop(signal: NodeJS.Signals): Promise<number | null>
  /** Waits for its end. */
  ended(): Promise<number | null>
}

export interface ProgramOptions {
  readonly dataFolder: string
  readonly address?: string
  /** A command that runs the program, such as setpriv and its options. */
  readonly through?: readonly string[]
}

const script = fileURLToPath(new URL('./store-program.ts', import.meta.url))

export function runProgram({ dataFolder, address, through = [] }: ProgramOptions): StoreProgram {
  const [file = '', ...args] = [
    ...through,
    process.execPath,
    script,
    dataFolder,
    ...(address ? [address] : []),
  ]
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const facts: Fact[] = []
  let complaints = ''
  createInterface(child.stdout).on('line', line => facts.push(JSON.parse(line) as Fact))
  child.stderr.on('data', chunk => {
    complaints += String(chunk)
  })
  const closed = once(child, 'close')
  const gone = () => child.exitCode !== null || child.signalCode !== null

  const stop = async (signal: NodeJS.Signals) => {
    if (!gone()) child.kill(signal)
    await closed
    return child.exitCode
  }
  return {
    process: child,
    facts,
    acknowledged: () => facts.findLast(fact => fact.row !== undefined)?.row ?? 0,
    until: fits =>
      vi.waitUntil(
        () => {
          const fact = facts.find(fits)
          if (!fact && gone()) throw new Error(`It ended: ${JSON.stringify(facts)} ${complaints}`)
          return fact
        },
        { timeout: 30_000 },
      ),
    stop,
    async ended() {
      await closed
      return child.exitCode
    },
    async [Symbol.asyncDispose]() {
      await stop('SIGTERM')
    },
  }
}
