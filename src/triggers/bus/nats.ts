// The bus of many instances: core NATS, a subject for each feed, no payload. Nothing is kept there: the log is the
// store's.
import { connect, type NatsConnection } from '@nats-io/transport-node'
import type { Logger } from '../../telemetry/index.ts'
import type { FeedId } from '../feeds/index.ts'
import type { Bus } from './contract.ts'
import { createListeners } from './listeners.ts'

const prefix = 'junctor.feed.'

export interface NatsBusOptions {
  /** `nats://` or `tls://`, with user and password where the server asks for them. */
  readonly url: string
  readonly logger: Logger
}

/** Wakes this instance at once and the others by NATS. Reconnects for ever; every listener is called then. */
export function natsBus({ url, logger }: NatsBusOptions): Bus {
  const listeners = createListeners()
  let connection: NatsConnection | null = null

  const opening = connect({
    ...serverOf(url),
    maxReconnectAttempts: -1,
    waitOnFirstConnect: true,
    name: 'junctor',
  })
  const started = opening.then(opened => {
    connection = opened
    opened.subscribe(`${prefix}*`, {
      callback: (error, message) => {
        if (error) logger.warn({ error }, 'The bus could not read a message.')
        else listeners.call(message.subject.slice(prefix.length))
      },
    })
    void watch(opened)
    // The server knows of the subscription once it answers.
    return opened.flush().then(() => listeners.callAll())
  })
  started.catch((error: unknown) =>
    logger.error({ error }, 'The bus cannot connect to NATS; other instances see events a little later.'),
  )

  async function watch(opened: NatsConnection): Promise<void> {
    for await (const { type } of opened.status()) {
      if (type === 'disconnect') logger.warn('The bus lost its connection to NATS; it connects again.')
      if (type === 'reconnect') listeners.callAll()
    }
  }

  return {
    wake(feedId: FeedId) {
      listeners.call(feedId)
      if (connection && !connection.isClosed()) connection.publish(`${prefix}${feedId}`)
    },
    async listen(feedId, listener) {
      const stop = listeners.add(feedId, listener)
      if (connection) await started.catch(() => undefined)
      return stop
    },
    async [Symbol.asyncDispose]() {
      listeners.clear()
      await connection?.close()
      if (!connection)
        void opening.then(
          opened => opened.close(),
          () => undefined,
        )
    },
  } satisfies Bus
}

function serverOf(url: string) {
  const { protocol, host, username, password } = new URL(url)
  return {
    servers: host,
    ...(username === '' ? {} : { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
    ...(protocol === 'tls:' ? { tls: {} } : {}),
  }
}
