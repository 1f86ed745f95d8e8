// An error status becomes UPSTREAM_ERROR: what the caller needs to act, and nothing of the request.
import type { Clock } from '../../clock.ts'
import type { ConnectorDefinition, OperationDefinition } from '../../definition/index.ts'
import { JunctorError } from '../../errors.ts'
import { isJsonObject, type Json, parseJson } from '../../json.ts'
import { retryAfterSeconds } from '../transport/retry-after.ts'
import type { WireAnswer } from '../transport/wire.ts'
import { errorText } from './decode.ts'
import type { Redactor } from './redactor.ts'

/** Characters of the upstream's body that a caller sees. */
const shownCharacters = 4_096

/** Builds the error of an answer outside 2xx. */
export function upstreamError(
  answer: WireAnswer,
  about: { definition: ConnectorDefinition; operation: OperationDefinition },
  redactor: Redactor,
  clock: Clock,
): JunctorError {
  const retryAfter = retryAfterSeconds(answer.headers['retry-after'], clock)
  const upstream = shownBody(answer, redactor)
  return new JunctorError(
    'UPSTREAM_ERROR',
    `${about.definition.title} answered ${about.operation.id} with status ${answer.status}; ${advice(answer.status, retryAfter)}.`,
    {
      details: {
        http: { status: answer.status },
        ...(retryAfter === null ? {} : { retryAfter }),
        ...(upstream === null ? {} : { upstream }),
      },
    },
  )
}

function advice(status: number, retryAfter: number | null): string {
  if (status >= 300 && status < 400) return 'it redirects a call that may not be repeated elsewhere'
  if (status === 401) return 'check the credential of the connection'
  if (status === 403) return 'check what the account of the connection may do'
  if (status === 404) return 'check that what the arguments name exists'
  if (status === 429) return retryAfter === null ? 'try again later' : `try again in ${retryAfter} seconds`
  return status >= 500 ? 'the fault is on its side, so try again later' : 'check the arguments'
}

function shownBody(answer: WireAnswer, redactor: Redactor): Json {
  const text = errorText({ contentType: answer.headers['content-type'] ?? '', body: answer.body })
  if (text.trim() === '') return null
  const whole = redactor.redact(text)
  // Where the body was cut in the middle of a secret, its beginning is the end of the text and cannot be recognised.
  const redacted = answer.cut ? whole.slice(0, -redactor.longest() || undefined) : whole
  if (redacted.length > shownCharacters) return redacted.slice(0, shownCharacters)
  try {
    return redactedJson(parseJson(redacted), redactor)
  } catch {
    return redacted
  }
}

/** Again behind the parser, since JSON may spell any character as an escape. Whoever prints an error knows no bigint. */
function redactedJson(value: Json, redactor: Redactor): Json {
  if (typeof value === 'string') return redactor.redact(value)
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return value.map(element => redactedJson(element, redactor))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [redactor.redact(name), redactedJson(member, redactor)]),
  )
}
