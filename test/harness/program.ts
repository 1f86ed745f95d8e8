// Programs of tests and benches in processes of their own, which print where they listen: `{"port":…}` as the first line.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { z } from 'zod'

export interface Program extends AsyncDisposable {
  readonly url: string
  readonly pid: number
}

const address = z.object({ port: z.number() })

/** Starts the program in this file with Node. */
export async function startProgram(file: string, env: Readonly<Record<string, string>>): Promise<Program> {
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface(child.stdout)) {
    const { port } = address.parse(JSON.parse(line))
    return running(child, `http://127.0.0.1:${port}`)
  }
  throw new Error(`${file} ended before it listened.`)
}

export function running(child: ChildProcess, url: string): Program {
  return {
    url,
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}
