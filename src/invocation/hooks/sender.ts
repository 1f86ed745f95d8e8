// What a hook may send, and how: to the origin that its call goes to and nowhere else, since it has the credential in
// its hands (connector-format §10.3); by the hub's own transport, so through its egress guard.
import type { HttpMethod } from '../../definition/index.ts'
import { JunctorError } from '../../errors.ts'
import type { HookRequestMessage } from '../../hook-messages.ts'
import type { Substitutes } from '../egress/substitutes.ts'
import type { SendHow } from '../transport/kindness.ts'
import type { Send, WireAnswer, WireRequest } from '../transport/wire.ts'
import { readHeaders } from './hook-wire.ts'

export type HookSender = (
  request: HookRequestMessage,
  redirect: 'follow' | 'manual',
  signal: AbortSignal,
) => Promise<WireAnswer>

const methods: readonly HttpMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Sends for the hook of one call. Throws EGRESS_REFUSED, ARGUMENT_INVALID and what sending throws. */
export function hookSender(
  own: WireRequest,
  sender: (how: SendHow) => Send,
  substitutes: Substitutes,
): HookSender {
  return async ({ method, url, headers, body }, redirect, signal) => {
    const known = methods.find(each => each === method.toUpperCase())
    if (known === undefined)
      throw new JunctorError('ARGUMENT_INVALID', 'The hook sends with a method that the hub does not know.')
    const request: WireRequest = {
      method: known,
      url: allowed(url, own.url, substitutes),
      headers: readHeaders(headers),
      payload: body === '' ? null : Buffer.from(body, 'base64'),
      queryCredentials: own.queryCredentials,
    }
    const repeatable = known === 'GET' || known === 'HEAD'
    return await sender({ repeatable, followRedirects: redirect === 'follow' })(request, signal)
  }
}

function allowed(url: string, own: URL, substitutes: Substitutes): URL {
  const target = URL.canParse(url, own) ? substitutes.restore(new URL(url, own), own) : null
  if (target?.origin === own.origin && target.username === '' && target.password === '') {
    target.hash = ''
    return target
  }
  throw new JunctorError(
    'EGRESS_REFUSED',
    `The hook sends to an address away from ${own.origin}, where the connection's credential may not go; it is not called.`,
  )
}
