// What the hub said beside its work.
import { z } from 'zod'
import { host } from '../load/ledger-api.ts'

const line = z.object({ level: z.number(), msg: z.string() })
const warning = 40

export interface HubLog {
  /** Warnings that had to come, and how often each did. */
  readonly explained: ReadonlyMap<string, number>
  /** Whole lines: every other warning, errors, and whatever is no line of the log. */
  readonly faults: readonly string[]
}

/** What the API of the people does, and what it does not, makes the hub say so. */
const expected = new RegExp(
  `^https://${host.replaceAll('.', '\\.')} (cannot be reached|did not answer in time)`,
)

export function readHubLog(output: string): HubLog {
  const explained = new Map<string, number>()
  const faults: string[] = []
  for (const text of output.split('\n')) {
    if (text.trim() === '' || known.test(text)) continue
    const { level, msg } = line.safeParse(parsed(text)).data ?? { level: Number.POSITIVE_INFINITY, msg: '' }
    if (level === warning && expected.test(msg)) explained.set(msg, (explained.get(msg) ?? 0) + 1)
    else if (level >= warning) faults.push(`The hub logged: ${text}`)
  }
  return { explained, faults }
}

/** Where it is, which it prints when it starts, and Node's words about whoever reads its heap. */
const known =
  /^( {2}\S|Debugger (listening|attached|ending)|For help, see: https:\/\/nodejs\.org|Waiting for the debugger)/

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
