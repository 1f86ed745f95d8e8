// Request headers: what arguments may set, and values that cannot break out of their line (RFC 9110 §5.5).
import type { ParameterDefinition } from '../../definition/index.ts'
import { JunctorError } from '../../errors.ts'
import type { Json } from '../../json.ts'
import { type ArgumentValue, argumentValue, invalidArgument, type Placed } from './argument-values.ts'
import type { Draft, Source } from './draft.ts'
import { formatted } from './query.ts'

/** Hop-by-hop (RFC 9110 §7.6.1), framing, and what says who is asking or where to. */
const reserved = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
  'content-length',
  'authorization',
  'cookie',
  'set-cookie',
  'forwarded',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-for',
])

function isReserved(name: string): boolean {
  return reserved.has(name) || name.startsWith('x-junctor-')
}

/** Framing that undici writes itself; no policy may write it either. */
const framing = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'expect',
  'content-length',
  'te',
])

/** A parameter that goes into a header. */
export interface HeaderParameter {
  readonly parameter: ParameterDefinition
  /** Of the header, in the case it was declared with. */
  readonly name: string
  /** Only the hub itself may set it. */
  readonly reserved: boolean
  /** What is sent where nobody says anything else. */
  readonly fallback: ArgumentValue | null
}

export function headerParameter(parameter: ParameterDefinition): HeaderParameter {
  const name = parameter.name.trim()
  return { parameter, name, reserved: isReserved(name.toLowerCase()), fallback: onlyAccepted(parameter) }
}

/** Adds the header parameters to the draft. Throws ARGUMENT_INVALID naming the argument. */
export function applyHeaderParameters(
  draft: Draft,
  { parameters, names }: Placed<HeaderParameter>,
  given: Readonly<Record<string, Json>>,
): void {
  for (const { parameter, name, reserved, fallback } of parameters) {
    const argument = argumentValue(parameter, given) ?? fallback
    if (!argument) continue
    if (reserved) {
      // A package's constant for such a header (Content-Length: 0) is simply not ours to send.
      if (argument.source === 'package') continue
      throw invalidArgument(parameter.name, 'is a header that only the hub itself may set; leave it out')
    }
    const text = formatted(parameter.name, argument.value, parameter.collectionFormat, plain => plain).join(
      ',',
    )
    setHeader(draft, name, text, argument.source)
  }
  const unknown = Object.keys(given).find(name => !names.has(name))
  if (unknown !== undefined) throw invalidArgument(unknown, 'is no header parameter of this operation')
}

/** The hub always says what it accepts: where the operation lists what may be said, that is one of the list. */
function onlyAccepted({ name, schema }: ParameterDefinition): ArgumentValue | null {
  const listed = schema.type === 'string' ? schema.enum?.[0]?.value : undefined
  if (name.trim().toLowerCase() !== 'accept' || listed === undefined) return null
  return { value: schema.default ?? listed, source: 'package' }
}

/** Sets a header. Throws ARGUMENT_INVALID, or CREDENTIAL_INVALID for a credential, where the value cannot be sent. */
export function setHeader(draft: Draft, name: string, value: string, source: Source): void {
  if (!isHeaderName(name)) throw invalidArgument(name, 'is not a name that a header can have')
  if (!isHeaderValue(value)) {
    if (source !== 'credential') throw invalidArgument(name, headerComplaint)
    throw new JunctorError('CREDENTIAL_INVALID', `The credential for the header ${name} ${headerComplaint}.`)
  }
  draft.headers.set(name.toLowerCase(), { name, value, source })
}

const headerComplaint =
  'holds a character that a header cannot carry (a line break, NUL or one outside Latin-1)'

/** RFC 9110 §5.6.2 token, and not one that frames the message. */
export function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+\-.^_`|~\w]+$/.test(name) && !framing.has(name.toLowerCase())
}

export function isHeaderValue(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
}
