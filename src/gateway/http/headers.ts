// HTTP headers, whichever transport carried them.
import type { IncomingHttpHeaders } from 'node:http'
import type { HeaderReader } from '../../identity/index.ts'

/** Node's headers as the platform's Headers. */
export function headersOf(incoming: IncomingHttpHeaders): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming))
    for (const single of Array.isArray(value) ? value : value === undefined ? [] : [value])
      headers.append(name, single)
  return headers
}

/** Node's headers with one text each. */
export function recordOf(incoming: IncomingHttpHeaders): Record<string, string> {
  const record: Record<string, string> = {}
  for (const name in incoming) {
    const value = incoming[name]
    if (value !== undefined) record[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return record
}

/**
 * Node's headers as they are, for whoever reads one or two: Headers would take longer to fill than the rest of a request.
 * A WebSocket's connection_init may add `authorization` and `x-api-key`, which win.
 */
export function readerOf(
  incoming: IncomingHttpHeaders,
  parameters?: Readonly<Record<string, unknown>>,
): HeaderReader {
  const added = new Map<string, string>()
  for (const [name, value] of Object.entries(parameters ?? {}))
    if (/^(authorization|x-api-key)$/i.test(name) && typeof value === 'string')
      added.set(name.toLowerCase(), value.trim())
  return {
    get(name) {
      const wanted = name.toLowerCase()
      const value = added.get(wanted) ?? incoming[wanted]
      return (Array.isArray(value) ? value.join(', ') : value) ?? null
    },
  }
}
