// What a hosted process tells the hub over a pipe, one JSON text for each line, and what it is started with. It runs code that the hub did not write, so the hub parses it.
import { z } from 'zod'
import type { Json } from '../json.ts'

/** What a webapp's process is started with: the one command line argument, as JSON. Holds no secrets: `ps` shows it. */
export interface WebappStart {
  /** Absolute path of webapp.ts. */
  readonly module: string
  readonly socketPath: string
  readonly dataFolder: string
  /** Origins that the egress guard lets resolve to private addresses. */
  readonly allowPrivate: readonly string[]
}

export interface HookStart {
  /** Absolute path of hooks.ts. */
  readonly module: string
  /** SHA-256 (hex) of the script that it must say it stands in for. */
  readonly script: string
  readonly socketPath: string
}

export const heartbeatMilliseconds = 1_000

const facts: z.ZodType<Readonly<Record<string, Json>>> = z.record(z.string(), z.json())

const hostedMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('listening') }),
  /** Every heartbeat: its event loop turns. */
  z.object({ type: z.literal('alive') }),
  /** The process ends after this one. `reason` is for the operator. */
  z.object({ type: z.literal('failed'), reason: z.string().max(20_000) }),
  z.object({ type: z.literal('log'), message: z.string().max(20_000), facts: facts.optional() }),
  /** It threw while it answered a call. */
  z.object({ type: z.literal('threw'), reason: z.string().max(20_000) }),
])

export type HostedMessage = z.infer<typeof hostedMessage>

/** The child's end of the pipe. */
export const channelDescriptor = 3

/** Of a message, in characters: more than its texts may be long. A process that tells more at once is killed. */
export const longestMessage = 100_000

export function printHostedMessage(message: HostedMessage): string {
  const text = JSON.stringify(message)
  const fits = text.length <= longestMessage || message.type !== 'log'
  return `${fits ? text : JSON.stringify({ ...message, facts: { note: 'The facts are too long for the log.' } })}\n`
}

/** Reads a message of the child; null where it is none. */
export function readHostedMessage(line: string): HostedMessage | null {
  try {
    return hostedMessage.safeParse(JSON.parse(line)).data ?? null
  } catch {
    return null
  }
}
