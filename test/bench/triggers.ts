// What feeds cost beside the practical limit: each part measures one thing, and can be run alone.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeMachine } from './measure/machine.ts'
import { fanOut } from './triggers/fan-out.ts'
import { idleMemory } from './triggers/idle-memory.ts'
import type { Part } from './triggers/part.ts'
import { people } from './triggers/people.ts'
import { polling, pollingOfTwo } from './triggers/polling.ts'
import { receiver } from './triggers/receiver.ts'
import { retention } from './triggers/retention.ts'

const parts: Readonly<Record<string, Part>> = {
  'fan-out': fanOut,
  receiver,
  people,
  'idle-memory': idleMemory,
  polling,
  'polling-of-two': pollingOfTwo,
  retention,
}

export interface TriggersOptions {
  readonly rounds: number
  /** Left out: all parts. */
  readonly part: string | undefined
  /** A PostgreSQL to measure on; left out: the embedded one. */
  readonly database: string | undefined
  readonly print: (text: string) => void
}

/** Measures and prints Markdown. Throws for a part that there is not. */
export async function triggers({ part, print, ...options }: TriggersOptions): Promise<void> {
  const chosen = Object.entries(parts).filter(([name]) => part === undefined || name === part)
  if (chosen.length === 0)
    throw new Error(`There is no part "${part}"; choose one of ${Object.keys(parts).join(', ')}.`)
  print(`${describeMachine()}\n\n`)
  for (const [, run] of chosen) {
    await using stack = new AsyncDisposableStack()
    const work = await mkdtemp(join(tmpdir(), 'junctor-bench-'))
    stack.defer(() => rm(work, { recursive: true, force: true }))
    await run({ ...options, print, stack, work })
  }
}
