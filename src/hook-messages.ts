// What passes between the hub and the process of a connector's hooks: one Unix socket for each call, one JSON text for
// each line, closed by whoever is done. Both sides parse what they get; the hub, because it did not write the hooks.
import { z } from 'zod'
import { type Json, parseJson, printJson } from './json.ts'
import { createLineReader } from './text-lines.ts'

const headers = z.array(z.tuple([z.string(), z.string()]))
/** Bytes as base64. */
const body = z.string()
const request = z.object({ method: z.string(), url: z.string(), headers, body })
const response = z.object({ status: z.int(), headers, body })

export type HookRequestMessage = z.infer<typeof request>
export type HookResponseMessage = z.infer<typeof response>

/** Of the hub. `ask` is the number that the hooks gave what they asked for. */
const toHooks = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('call'),
    operationId: z.string(),
    correlationId: z.string(),
    request,
    originalUrl: z.string(),
    connectionParameters: z.record(z.string(), z.custom<Json>()),
    /** The secret in the address that this call registers; null where it registers none. */
    callbackToken: z.string().nullable(),
    /** Milliseconds since the epoch. */
    now: z.number(),
  }),
  z.object({ type: z.literal('sent'), ask: z.int(), response }),
  z.object({ type: z.literal('notification'), ask: z.int(), url: z.string() }),
  z.object({ type: z.literal('refused'), ask: z.int(), code: z.string(), message: z.string() }),
])

/** Of the hooks. */
const toHub = z.discriminatedUnion('type', [
  z.object({ type: z.literal('send'), ask: z.int(), request, redirect: z.enum(['follow', 'manual']) }),
  z.object({ type: z.literal('notification'), ask: z.int(), relative: z.string() }),
  z.object({ type: z.literal('done'), response }),
  /** `ask`: which refusal they let through; null for an error of theirs. */
  z.object({ type: z.literal('threw'), ask: z.int().nullable() }),
])

export type MessageToHooks = z.infer<typeof toHooks>
export type MessageToHub = z.infer<typeof toHub>

export function printHookMessage(message: MessageToHooks | MessageToHub): string {
  return `${printJson(message)}\n`
}

/** Reads messages as they come. Throws for one that is none, and for a line of more than `longest` characters. */
export const readMessagesToHub = (longest: number) => lineReader(toHub, longest)
export const readMessagesToHooks = () => lineReader(toHooks, Number.POSITIVE_INFINITY)

function lineReader<Message>(
  schema: z.ZodType<Message>,
  longest: number,
): (chunk: Uint8Array) => readonly Message[] {
  const read = createLineReader(longest)
  return chunk => read(chunk).map(line => schema.parse(parseJson(line)))
}
