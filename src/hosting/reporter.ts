// What a hosted process tells the hub: that it lives, what it logs and why it failed, without connection parameters.
// A pipe and no IPC of Node's: a hub that gets a message of Node's own kind by that, from code it did not write, ends.
import { Socket } from 'node:net'
import process from 'node:process'
import { isJsonObject, type Json } from '../json.ts'
import { channelDescriptor, type HostedMessage, printHostedMessage } from './messages.ts'
import { createScrubber } from './scrubber.ts'

export interface Reporter {
  tell(message: HostedMessage): void
  /** Tells why and ends the process. */
  fail(error: unknown): void
  /** Tells what was thrown while it answered a call. */
  threw(error: unknown): void
  log(message: string, facts?: Readonly<Record<string, Json>>): void
  /** Remembers parameters, which nothing that is told may hold. */
  learn(parameters: Readonly<Record<string, unknown>>): void
}

const longestText = 10_000

/** `gone` is called when the hub has ended: nobody is left to answer. */
export function createReporter(gone: () => void): Reporter {
  const scrubber = createScrubber()
  const clean = (text: string) => scrubber.scrub(text).slice(0, longestText)
  const channel = new Socket({ fd: channelDescriptor })
  channel.once('close', gone).on('error', () => channel.destroy())
  channel.resume()

  function tell(message: HostedMessage, sent: () => void = () => {}): void {
    if (channel.writable) channel.write(printHostedMessage(message), sent)
    else sent()
  }
  const cleanMembers = (members: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> =>
    Object.fromEntries(Object.entries(members).map(([name, value]) => [clean(name), cleanValue(value)]))
  const cleanValue = (value: Json): Json => {
    if (typeof value === 'string') return clean(value)
    if (Array.isArray(value)) return value.map(cleanValue)
    return isJsonObject(value) ? cleanMembers(value) : value
  }
  const explain = (error: unknown) =>
    clean(error instanceof Error ? (error.stack ?? error.message) : String(error))

  return {
    tell: message => tell(message),
    fail: error => tell({ type: 'failed', reason: explain(error) }, () => process.exit(1)),
    threw: error => tell({ type: 'threw', reason: explain(error) }),
    log(message, facts = {}) {
      tell({ type: 'log', message: clean(message), facts: cleanMembers(facts) })
    },
    learn: scrubber.learn,
  }
}
