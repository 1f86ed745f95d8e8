// hub.json in the data folder: who holds it, for people to read. The lock alone decides.
import { randomBytes } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

export interface Holder {
  readonly pid: number
  /** What the operator knows that hub by, such as its URL. */
  readonly address: string
  /** ISO 8601. */
  readonly startedAt: string
}

const holderSchema = z.object({ pid: z.number(), address: z.string(), startedAt: z.string() })

/** Written whole or not at all, to a new file: what somebody put under its name is neither followed nor emptied. */
export async function writeHolder(dataFolder: string, holder: Holder): Promise<void> {
  const path = recordPath(dataFolder)
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  const file = await open(draft, 'wx', 0o644)
  try {
    await file.writeFile(`${JSON.stringify(holder)}\n`).finally(() => file.close())
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** Null where there is no record, or none that can be read. */
export async function readHolder(dataFolder: string): Promise<Holder | null> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(recordPath(dataFolder), 'utf8')))
  } catch {
    return null
  }
}

/** Call while still holding the folder. */
export async function forgetHolder(dataFolder: string): Promise<void> {
  await rm(recordPath(dataFolder), { force: true })
}

function recordPath(dataFolder: string): string {
  return join(dataFolder, 'hub.json')
}
