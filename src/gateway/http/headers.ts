// HTTP headers as the platform's Headers, whichever transport carried them.
import type { IncomingHttpHeaders } from 'node:http'

/** Node's headers; a WebSocket's connection_init may add `authorization` and `x-api-key`, which win. */
export function headersOf(
  incoming: IncomingHttpHeaders,
  parameters?: Readonly<Record<string, unknown>>,
): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming))
    for (const single of Array.isArray(value) ? value : value === undefined ? [] : [value])
      headers.append(name, single)
  for (const [name, value] of Object.entries(parameters ?? {}))
    if (/^(authorization|x-api-key)$/i.test(name) && typeof value === 'string') headers.set(name, value)
  return headers
}
