// Clients in processes of their own, told what to wait for.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { z } from 'zod'

const program = join(import.meta.dirname, 'clients-process.ts')
const done = z.object({ done: z.number(), received: z.number(), milliseconds: z.array(z.number()) })

export interface Clients {
  /** From now on each client is to be told so many events; resolves, within a bound, once all have been. */
  expect(events: number): Promise<Counting>
}

export interface Counting {
  readonly all: Promise<{
    /** When the last one had them, in milliseconds since the epoch. */
    readonly at: number
    /** From an event's birth to a client, of every tenth. */
    readonly milliseconds: readonly number[]
  }>
}

interface Target {
  /** Of the WebSocket. */
  readonly url: string
  /** Of everybody, or of each person in turn. */
  readonly headers: Readonly<Record<string, string>> | readonly Readonly<Record<string, string>>[]
}

const patienceSeconds = 300

/** Opens so many clients, in two processes. */
export async function openClients(
  stack: AsyncDisposableStack,
  { url, headers }: Target,
  count: number,
): Promise<Clients> {
  const people = [headers].flat()
  const half = Math.ceil(people.length / 2)
  const shares = [
    { share: Math.ceil(count / 2), theirs: people.slice(0, half) },
    { share: Math.floor(count / 2), theirs: people.slice(-half) },
  ]
  const children = await Promise.all(
    shares.map(async ({ share, theirs }) => {
      const child = spawn(process.execPath, [program], {
        env: {
          ...process.env,
          BENCH_COUNT: String(share),
          BENCH_URL: url,
          BENCH_HEADERS: JSON.stringify(theirs),
        },
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      })
      stack.defer(async () => {
        if (child.exitCode !== null) return
        const ended = once(child, 'exit')
        child.kill('SIGKILL')
        await ended
      })
      await next(child)
      return child
    }),
  )
  return {
    async expect(events) {
      const counting = children.map(next)
      for (const child of children) child.send({ expect: events })
      await Promise.all(counting)
      return { all: everybody(children) }
    },
  }
}

async function everybody(children: readonly ChildProcess[]): Promise<Awaited<Counting['all']>> {
  const answers = (await Promise.all(children.map(next))).map(answer => done.parse(answer))
  return {
    at: Math.max(...answers.map(answer => answer.done)),
    milliseconds: answers.flatMap(answer => answer.milliseconds).sort((a, b) => a - b),
  }
}

/** What the process says next. */
async function next(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(() => {
    throw new Error('A process of clients ended.')
  })
  const late = AbortSignal.timeout(patienceSeconds * 1000)
  const [message] = await Promise.race([once(child, 'message', { signal: late }), ended])
  return message
}
