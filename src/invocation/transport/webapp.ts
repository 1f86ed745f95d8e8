// The way to a hosted webapp: a Unix socket that only the hub reaches. No guard, no credential headers; the connection
// travels in a header of its own.
import { Pool } from 'undici'
import type { OpenConnection } from '../../connections/index.ts'
import type { ConnectorDefinition } from '../../definition/index.ts'
import { isJunctorError, JunctorError } from '../../errors.ts'
import { printJson } from '../../json.ts'
import { type WebappSockets, webappConnectionHeader } from '../invocation.ts'
import { exchange } from './exchange.ts'
import { exchangeFailure } from './failure.ts'
import type { Limits } from './limits.ts'
import type { WatchedSend } from './wire.ts'

export interface WebappTransport extends AsyncDisposable {
  /** Sends to the webapp of this connector, starting it where it sleeps. Throws WEBAPP_UNAVAILABLE. */
  sender(definition: ConnectorDefinition, connection: OpenConnection | null): WatchedSend
}

/** One pool for each socket, closed with the returned object. */
export function openWebappTransport(webapps: WebappSockets, limits: Limits): WebappTransport {
  const pools = new Map<string, Pool>()
  const poolAt = (socketPath: string): Pool => {
    const pool = pools.get(socketPath) ?? new Pool('http://webapp', { socketPath })
    pools.set(socketPath, pool)
    return pool
  }
  const forget = async (socketPath: string): Promise<void> => {
    const pool = pools.get(socketPath)
    pools.delete(socketPath)
    await pool?.destroy()
  }
  return {
    sender: (definition, connection) => async (request, signal, progress) => {
      const socketPath = await webapps.socketPath(definition, connection?.authentication.name ?? null)
      const headers = connection ? { [webappConnectionHeader]: printConnection(connection) } : {}
      const dispatcher = poolAt(socketPath)
      const failure = (error: unknown) => (signal.aborted ? error : exchangeFailure(error, definition.title))
      try {
        return await exchange(
          { ...request, headers: { ...request.headers, host: request.url.host } },
          { dispatcher, origin: 'http://webapp', headers, limits, signal, progress, failure },
        )
      } catch (cause) {
        if (!isJunctorError(cause) || cause.code !== 'UPSTREAM_UNREACHABLE') throw cause
        // A webapp that starts again may listen elsewhere.
        await forget(socketPath)
        throw new JunctorError(
          'WEBAPP_UNAVAILABLE',
          `The webapp of ${definition.title} broke off the call; try again, and see the hub's log if it goes on.`,
          { cause },
        )
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...pools.values()].map(pool => pool.destroy()))
      pools.clear()
    },
  }
}

/** base64url of the JSON that hosting hands to the webapp as its connection. */
function printConnection({ id, authentication, parameters, secrets }: OpenConnection): string {
  const revealed = Object.entries(secrets).map(([name, value]) => [name, value.reveal()] as const)
  const connection = {
    id,
    authentication: authentication.name,
    parameters: Object.fromEntries([...Object.entries(parameters), ...revealed]),
  }
  return Buffer.from(printJson(connection), 'utf8').toString('base64url')
}
