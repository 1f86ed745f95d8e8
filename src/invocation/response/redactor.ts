// Takes a connection's secrets out of text that came from the API, in every form an API may echo them in.
import type { OpenConnection } from '../../connections/index.ts'
import { encodeValue } from '../request/percent-encoding.ts'

export interface Redactor {
  (text: string): string
  /** Length of the longest form: the end of cut text may hold a part of one. */
  readonly longest: number
}

const mark = '[redacted]'

/** A redactor for all secrets of the connection, and for what Basic authentication makes of them. */
export function createRedactor(connection: OpenConnection | null): Redactor {
  const values = Object.values(connection?.secrets ?? {}).map(secret => secret.reveal())
  const forms = [...new Set(values.filter(value => value !== '').flatMap(formsOf))]
  // Longest first, so that no form is left with the rest of a longer one.
  forms.sort((one, other) => other.length - one.length)
  const pattern =
    forms.length === 0
      ? null
      : new RegExp(forms.map(form => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'gi')
  const redact = (text: string) => (pattern ? text.replace(pattern, mark) : text)
  return Object.assign(redact, { longest: forms[0]?.length ?? 0 })
}

function formsOf(value: string): string[] {
  const wellFormed = value.toWellFormed()
  const once = encodeURIComponent(wellFormed)
  return [
    value,
    once,
    encodeValue(wellFormed),
    encodeURIComponent(once),
    new URLSearchParams([['', wellFormed]]).toString().slice(1),
    ...jsonForms(value),
    value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;'),
    ...base64Forms(value),
  ]
}

/** Inside JSON, inside JSON inside JSON, and as debuggers print it: with its backslashes doubled. */
function jsonForms(value: string): string[] {
  const once = JSON.stringify(value).slice(1, -1)
  return [once, JSON.stringify(once).slice(1, -1), value.replace(/\\/g, '\\\\')]
}

/**
 * Base64 of the value at each of the three offsets it can have inside a longer text (`user:password`), without the
 * characters at the edges that depend on what stands beside it.
 */
function base64Forms(value: string): string[] {
  const data = Buffer.from(value, 'utf8')
  return [0, 1, 2].flatMap(offset => {
    const encoded = Buffer.concat([Buffer.alloc(offset), data])
      .toString('base64')
      .replace(/=+$/, '')
    const bits = (offset + data.length) * 8
    const inner = encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(bits / 6))
    return inner.length < 4 ? [] : [inner, inner.replace(/\+/g, '-').replace(/\//g, '_')]
  })
}
