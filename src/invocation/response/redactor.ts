// Takes a connection's secrets out of text that came from the API, in every form an API may echo them in.
import type { OpenConnection } from '../../connections/index.ts'
import type { Secret } from '../../secret.ts'
import { encodeValue } from '../request/percent-encoding.ts'
import { secretTexts } from './secret-texts.ts'

export interface Redactor {
  redact(text: string): string
  /** Length of the longest form: the end of cut text may hold a part of one. */
  longest(): number
}

const mark = '[redacted]'

/** A shorter form is a part of other words, too, and would blank them out: it counts only where it stands alone. */
const shortestInside = 4

const longestInPattern = 1_000
const formsInPattern = 100

/** A redactor for all secrets of a call: the connection's, and the token in its callback. It costs nothing before its first use. */
export function createRedactor(connection: OpenConnection | null, callback: Secret | undefined): Redactor {
  let prepared: { readonly longest: number; readonly sought: readonly (string | RegExp)[] } | null = null
  const prepare = () => {
    if (prepared) return prepared
    const forms = secretForms(connection, callback)
    prepared = { longest: forms[0]?.length ?? 0, sought: soughtFor(forms) }
    return prepared
  }
  return {
    redact: text => prepare().sought.reduce<string>((clean, each) => clean.replaceAll(each, mark), text),
    longest: () => prepare().longest,
  }
}

/** Longest first, so that no form is left with the rest of a longer one. */
function secretForms(connection: OpenConnection | null, callback: Secret | undefined): string[] {
  const forms = new Set([...secretTexts(connection, callback)].flatMap(formsOf))
  return [...forms].sort((one, other) => other.length - one.length)
}

/**
 * The forms as patterns, which take any case. Long ones are sought as they are: a pattern that is too large throws an
 * error, with all of the pattern in its message.
 */
function soughtFor(forms: readonly string[]): (string | RegExp)[] {
  const long = forms.filter(form => form.length > longestInPattern)
  const sought: (string | RegExp)[] = [...long]
  for (let start = long.length; start < forms.length; start += formsInPattern) {
    const some = forms.slice(start, start + formsInPattern)
    sought.push(new RegExp(some.map(patternOf).join('|'), 'gi'))
  }
  return sought
}

function patternOf(form: string): string {
  const literal = form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
  return form.length < shortestInside ? `(?<![a-z\\d])${literal}(?![a-z\\d])` : literal
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
 * Base64 of the value by itself, and at each of the three offsets it can have inside a longer text, without the
 * characters at the edges that depend on what stands beside it.
 */
function base64Forms(value: string): string[] {
  const data = Buffer.from(value, 'utf8')
  const alone = data.toString('base64')
  const inside = [0, 1, 2].map(offset => {
    const encoded = Buffer.concat([Buffer.alloc(offset), data]).toString('base64')
    const bits = (offset + data.length) * 8
    return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(bits / 6))
  })
  return [alone, alone.replace(/=+$/, ''), ...inside]
    .filter(form => form.length >= shortestInside)
    .flatMap(form => [form, form.replace(/\+/g, '-').replace(/\//g, '_')])
}
