// The process of the callers, from outside.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { type Plan, type Told, told } from './asking.ts'

/** Resolves with what everybody was told when the plan's time, and its patience, are over. */
export async function ask(plan: Plan): Promise<readonly Told[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'callers-process.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  child.stdin.end(JSON.stringify(plan))
  const answers = told.array().parse(await json(child.stdout))
  await ended
  return answers
}
