// Did the body arrive, equal in value and of a type that the operation takes?
import { canonical, differing, type Fault } from './compare.ts'
import { isContentType } from './media-types.ts'
import { exactJson, type ReceivedRequest, readForm, readMultipart } from './received-request.ts'
import type { WantedBody } from './wanted-body.ts'
import type { WantedRequest } from './wanted-request.ts'

/** `consumes` decides the content type where neither a header parameter nor a policy does; a boundary there must be. */
export function checkBody(
  received: ReceivedRequest,
  wanted: WantedRequest,
  consumes: readonly string[],
): readonly Fault[] {
  const { body } = wanted
  const type = received.headers['content-type'] ?? ''
  if (body.kind === 'none')
    return received.body.length === 0 ? [] : [{ kind: 'body nobody asked for', detail: type }]
  // A form without fields has no octets, and needs no type to say so.
  if (received.body.length === 0)
    return isEmptyForm(body) ? [] : [{ kind: 'body missing', detail: body.kind }]
  const faults: Fault[] = []
  const isSaid = wanted.headers.has('content-type') && body.kind !== 'multipart'
  if (!isSaid && !isContentType(type, body.kind, consumes))
    faults.push({ kind: 'content type', detail: `${type} for ${body.kind} of ${consumes.join(' ')}` })
  const difference = bodyDifference(received.body, type, body)
  return difference === null ? faults : [...faults, { kind: `${body.kind} body`, detail: difference }]
}

function isEmptyForm(body: WantedBody): boolean {
  return (body.kind === 'form' || body.kind === 'multipart') && body.fields.length === 0
}

function bodyDifference(data: Buffer, type: string, body: WantedBody): string | null {
  switch (body.kind) {
    case 'json':
      return comparison(canonical(body.value), () => canonical(exactJson(data.toString('utf8'))))
    case 'text':
      return comparison(body.text, () => data.toString('utf8'))
    case 'bytes':
      return comparison(hex(body.data), () => hex(data))
    case 'form':
      return comparison(fieldsText(body.fields), () => fieldsText(readForm(data)))
    case 'multipart':
      return comparison(fieldsText(body.fields), () => fieldsText(readMultipart(data, type) ?? []))
    default:
      return null
  }
}

function comparison(wanted: string, read: () => string): string | null {
  try {
    const received = read()
    return received === wanted ? null : differing(wanted, received)
  } catch (error) {
    return `cannot be read: ${String(error)}`
  }
}

function hex(data: Uint8Array): string {
  return Buffer.from(data).toString('hex')
}

/** The order of fields says something only within a name. */
function fieldsText(fields: readonly (readonly [string, string | Uint8Array])[]): string {
  const sorted = fields.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return sorted.map(([name, value]) => `${name}=${hex(Buffer.from(value))}`).join('&')
}
