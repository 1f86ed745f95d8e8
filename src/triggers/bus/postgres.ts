// The bus of instances that share a PostgreSQL: LISTEN and NOTIFY, the feed's id as payload.
import { setImmediate as turn } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../telemetry/index.ts'
import type { FeedId } from '../feeds/index.ts'
import type { Bus } from './contract.ts'
import { createListeners } from './listeners.ts'

const channel = 'junctor_feed'
/** Milliseconds between two tries to connect again. */
const reconnectDelay = { first: 100, longest: 10_000 }

export interface PostgresBusOptions {
  /** One of its connections is held for as long as the bus lives. */
  readonly pool: Pool
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Wakes this instance at once and the others by NOTIFY. Wake-ups that come at the same time, or while a NOTIFY runs, go
 * out together, each feed once: NOTIFY takes a lock over the whole server at commit. A lost connection is replaced, and
 * every listener is called then.
 */
export function postgresBus({ pool, clock, logger }: PostgresBusOptions): Bus {
  const listeners = createListeners()
  let disposed = false
  let client: PoolClient | null = null
  let cancelReconnect = () => {}
  let pending = new Set<FeedId>()
  let sending: Promise<void> | null = null

  const listening = (delay: number): Promise<void> =>
    connect().catch((error: unknown) => {
      logger.warn({ error }, 'The bus cannot listen on the database; it tries again.')
      reconnect(delay)
    })

  async function connect(): Promise<void> {
    const opened = await pool.connect()
    const lost = (error?: Error) => {
      if (client !== opened) return
      client = null
      opened.release(error ?? true)
      if (disposed) return
      logger.warn({ error }, 'The bus lost its connection to the database; it connects again.')
      reconnect(reconnectDelay.first)
    }
    opened.on('error', lost)
    opened.on('end', () => lost())
    opened.on('notification', ({ payload }) => listeners.call(payload ?? ''))
    client = opened
    try {
      await opened.query(`listen ${channel}`)
    } catch (error) {
      if (client === opened) {
        client = null
        opened.release(true)
      }
      throw error
    }
    if (disposed) close()
    listeners.callAll()
  }

  function reconnect(delay: number): void {
    if (disposed) return
    cancelReconnect()
    cancelReconnect = clock.after(delay, () => {
      started = listening(Math.min(delay * 2, reconnectDelay.longest))
    })
  }

  function close(): void {
    const open = client
    client = null
    open?.release(true)
  }

  async function send(): Promise<void> {
    while (pending.size > 0) {
      await turn()
      const feedIds = [...pending]
      pending = new Set()
      try {
        await pool.query('select pg_notify($1, id) from unnest($2::text[]) as id', [channel, feedIds])
      } catch (error) {
        logger.warn(
          { error },
          'A wake-up of the bus was lost; readers elsewhere find the events a little later.',
        )
      }
    }
    sending = null
  }

  let started = listening(reconnectDelay.first)

  return {
    wake(feedId) {
      listeners.call(feedId)
      if (disposed) return
      pending.add(feedId)
      sending ??= send()
    },
    async listen(feedId, listener) {
      const stop = listeners.add(feedId, listener)
      await started
      return stop
    },
    async [Symbol.asyncDispose]() {
      disposed = true
      cancelReconnect()
      listeners.clear()
      await sending
      await started
      close()
    },
  } satisfies Bus
}
