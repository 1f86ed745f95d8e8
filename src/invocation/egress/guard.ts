// The egress guard: every address the hub connects to is checked, and the address checked is the address connected to.
import { lookup as resolveName } from 'node:dns/promises'
import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import { JunctorError } from '../../errors.ts'
import { reachOf } from './address.ts'
import { covers, normalised, printTarget, type Target, targetOf } from './origin.ts'

export interface Address {
  readonly address: string
  readonly family: number
}

export interface EgressGuard {
  /**
   * Checks a host that is an IP address, for which no lookup will be asked. Throws EGRESS_REFUSED.
   * A name passes here and is checked when it is looked up.
   */
  check(target: Target): void
  /** A lookup for sockets to this target: yields checked addresses only, so a second answer cannot replace them. */
  lookup(target: Target): LookupFunction
  /** Checks the address a socket did connect to: the second line, whatever options the connector was given. */
  checkSocket(target: Target, socket: Socket): void
  /** Opens a TCP connection. Throws EGRESS_REFUSED, UPSTREAM_UNREACHABLE, UPSTREAM_TIMEOUT. */
  connect(target: Target): Promise<Socket>
}

export interface EgressGuardOptions {
  /** Origins (scheme://host:port) that may resolve to private addresses; `tcp://` stands for every scheme. */
  readonly allowPrivate: readonly string[]
  /** Name resolution; the system's where none is given. */
  readonly resolve?: (host: string) => Promise<readonly Address[]>
  readonly connectTimeoutMs?: number
}

/** Builds the guard. It holds no connection and needs no disposal. */
export function createEgressGuard(options: EgressGuardOptions): EgressGuard {
  const resolve = options.resolve ?? ((host: string) => resolveName(host, { all: true }))
  const allowed = options.allowPrivate.map(origin => targetOf(new URL(origin)))

  const checkAddress = (target: Target, address: string): void => {
    const reach = reachOf(address)
    if (reach === 'public') return
    const wanted = normalised(target)
    if (reach === 'private' && allowed.some(origin => covers(origin, wanted))) return
    throw refusal(wanted, reach)
  }

  const check = (target: Target): void => {
    const { host } = normalised(target)
    if (isIP(host) !== 0) checkAddress(target, host)
  }

  const resolveChecked = async (target: Target, host: string): Promise<readonly Address[]> => {
    const addresses = await resolve(host)
    for (const { address } of addresses) checkAddress(target, address)
    return addresses
  }

  const lookup =
    (target: Target): LookupFunction =>
    (host, { all }, callback) => {
      resolveChecked(target, host).then(
        addresses => {
          const [first] = addresses
          if (!first) callback(new Error(`${host} has no address`), '', 0)
          else if (all) callback(null, [...addresses])
          else callback(null, first.address, first.family)
        },
        error => callback(error, '', 0),
      )
    }

  const checkSocket = (target: Target, socket: Socket): void =>
    checkAddress(target, socket.remoteAddress ?? 'unknown')

  return {
    check,
    lookup,
    checkSocket,
    async connect(target) {
      check(target)
      const socket = await opened(target, lookup(target), options.connectTimeoutMs ?? 5_000)
      try {
        checkSocket(target, socket)
      } catch (error) {
        socket.destroy()
        throw error
      }
      return socket
    },
  }
}

function opened(target: Target, lookup: LookupFunction, timeoutMs: number): Promise<Socket> {
  const shown = printTarget(normalised(target))
  return new Promise((resolve, reject) => {
    const socket = connect({ host: normalised(target).host, port: target.port, lookup })
    const fail = (error: unknown) => {
      socket.destroy()
      reject(error)
    }
    const onTimeout = () =>
      fail(
        new JunctorError('UPSTREAM_TIMEOUT', `${shown} did not accept a connection within ${timeoutMs} ms.`),
      )
    const onError = (cause: Error) =>
      fail(
        cause instanceof JunctorError
          ? cause
          : new JunctorError('UPSTREAM_UNREACHABLE', `${shown} cannot be reached; check host and port.`, {
              cause,
            }),
      )
    socket.setTimeout(timeoutMs, onTimeout)
    socket.once('error', onError)
    socket.once('connect', () => {
      socket.setTimeout(0, onTimeout)
      socket.off('timeout', onTimeout)
      socket.off('error', onError)
      resolve(socket)
    })
  })
}

function refusal(target: Target, reach: 'private' | 'never'): JunctorError {
  const origin = printTarget(target)
  return new JunctorError(
    'EGRESS_REFUSED',
    reach === 'private'
      ? `${origin} is at a private address, which the hub does not call unasked; add ${origin} to JUNCTOR_ALLOW_PRIVATE to permit it.`
      : `${origin} is at an address that the hub never calls (link-local, multicast, reserved or a tunnel); adding it to JUNCTOR_ALLOW_PRIVATE would not permit it, so use an address of its own network.`,
  )
}
