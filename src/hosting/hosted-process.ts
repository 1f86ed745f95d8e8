// One run of hosted code: from the start of its process to its end.
import { spawn } from 'node:child_process'
import type { Clock } from '../clock.ts'
import type { Logger } from '../telemetry/index.ts'
import { createLineReader } from '../text-lines.ts'
import { confine, hostedEnvironment } from './confinement.ts'
import { type HostedCode, kinds, startOf } from './hosted-code.ts'
import { watchMemory } from './memory-watch.ts'
import { channelDescriptor, type HostedMessage, longestMessage, readHostedMessage } from './messages.ts'
import type { HostedPlace } from './places.ts'

export interface HostedProcess {
  /** Resolves with null when it listens, else with why it never will, for the operator. */
  readonly started: Promise<string | null>
  /** Resolves with how it ended, for the operator. */
  readonly ended: Promise<string>
  /** True from when the hub kills it, a moment before it has ended. */
  killed(): boolean
  /** Asks it to finish what it answers and to end; kills it after `milliseconds`. */
  stop(milliseconds: number): Promise<void>
}

const startMilliseconds = 30_000

export function startHostedProcess(options: {
  readonly connector: string
  readonly code: HostedCode
  readonly place: HostedPlace
  readonly allowPrivate: readonly string[]
  readonly clock: Clock
  readonly logger: Logger
}): HostedProcess {
  const { connector, code, place, allowPrivate, clock, logger } = options
  const { title, program, silentMilliseconds } = kinds[code.kind]
  const start = JSON.stringify(startOf(code, place, allowPrivate))
  const child = spawn(process.execPath, [...confine(code, place), program, start], {
    env: hostedEnvironment,
    cwd: place.dataFolder,
    // Output could hold anything, credentials too; hosted code logs through its context.
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const started = Promise.withResolvers<string | null>()
  const ended = Promise.withResolvers<string>()
  let killed = false
  const kill = (why: string) => {
    killed = true
    logger.error({ connector }, `A ${title} is killed: ${why}.`)
    child.kill('SIGKILL')
  }
  const killAfter = (milliseconds: number, what: string) =>
    clock.after(milliseconds, () => kill(`it did not ${what} within ${milliseconds / 1000} seconds`))
  let cancelKill = killAfter(startMilliseconds, 'listen')
  const endWatch = watchMemory({ pid: child.pid, clock, exceeded: kill })

  const take = (message: HostedMessage | null): void => {
    if (message?.type === 'listening' || message?.type === 'alive') {
      cancelKill()
      cancelKill = killAfter(silentMilliseconds, 'give a sign of life')
    }
    if (message?.type === 'listening') started.resolve(null)
    else if (message?.type === 'log') logger.info({ connector, facts: message.facts ?? {} }, message.message)
    else if (message?.type === 'threw')
      logger.error({ connector, reason: message.reason }, `A ${title} threw while it answered a call.`)
    else if (message?.type === 'failed') {
      started.resolve(message.reason)
      logger.error({ connector, reason: message.reason }, `A ${title} failed.`)
    }
  }
  const read = createLineReader(longestMessage)
  const channel = child.stdio[channelDescriptor]
  // It ends with the process, however that ends.
  channel?.on('error', () => {})
  channel?.on('data', chunk => {
    try {
      for (const line of read(chunk)) take(readHostedMessage(line))
    } catch {
      channel.destroy()
      kill('it told more at once than it may')
    }
  })
  const finish = (how: string) => {
    cancelKill()
    endWatch()
    started.resolve(how)
    ended.resolve(how)
  }
  child.once('error', error => finish(`Its process could not be started: ${error.message}.`))
  // When its last words have been read.
  child.once('close', (code, signal) => finish(signal ? `Ended by ${signal}.` : `Ended with code ${code}.`))

  return {
    started: started.promise,
    ended: ended.promise,
    killed: () => killed,
    async stop(milliseconds) {
      child.kill('SIGTERM')
      const cancel = clock.after(milliseconds, () => child.kill('SIGKILL'))
      await ended.promise
      cancel()
    },
  }
}
