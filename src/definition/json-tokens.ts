// JSON text → tokens, tolerant of comments, broken strings and white space that JSON does not know. jsonc-parser's
// scanner does the reading; this names its tokens and keeps what repairing needs.
import { createScanner } from 'jsonc-parser'
import { type Json, parseJson } from '../json.ts'
import { readBrokenString } from './json-string.ts'

export type Token = {
  /** Line, counted from 1. */
  readonly line: number
  readonly offset: number
  /** Characters of white space before the first token of a line; null for later tokens. */
  readonly indent: number | null
} & (
  | { readonly kind: '{' | '}' | '[' | ']' | ':' | ',' | 'end' }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'unknown'; readonly text: string }
)

/** Told of what JSON forbids but nobody can misread, as a clause. */
export type OnSlip = (line: number, what: string) => void

/** White space of other scripts, and characters that nobody sees. */
const blank = /^[\s\p{Cc}\p{Cf}]+$/u

/** Reads the next token at each call; after the last one always `end`. */
export function tokenReader(text: string, onSlip: OnSlip = () => {}): () => Token {
  const scanner = createScanner(text, true)
  let lastLine = -1
  let end = 0
  /** Lines inside strings, which the scanner does not count. */
  let linesInStrings = 0
  const line = () => scanner.getTokenStartLine() + linesInStrings + 1
  /** White space that only Unicode knows is a token of its own to the scanner. */
  const scan = (): { offset: number; raw: string } => {
    for (;;) {
      scanner.scan()
      const offset = scanner.getTokenOffset()
      const raw = text.slice(offset, offset + scanner.getTokenLength())
      const comment = offset > end ? text.slice(end, offset).trimStart() : ''
      if (comment !== '') onSlip(line() - (comment.split('\n').length - 1), 'comments were left out.')
      end = offset + raw.length
      if (raw === '' || !blank.test(raw)) return { offset, raw }
      onSlip(line(), 'a character that is no white space in JSON was left out.')
    }
  }
  return () => {
    const { offset, raw } = scan()
    const row = scanner.getTokenStartLine()
    const place = {
      line: line(),
      offset,
      indent: row === lastLine ? null : scanner.getTokenStartCharacter(),
    }
    lastLine = row
    if (raw === '') return { ...place, kind: 'end' }
    const [first] = raw
    if (first === '{' || first === '}' || first === '[' || first === ']' || first === ':' || first === ',') {
      return { ...place, kind: first }
    }
    if (first === '"') {
      if (scanner.getTokenError() === 0) return { ...place, kind: 'string', value: scanner.getTokenValue() }
      const string = readBrokenString(text, offset)
      if (string === null) return { ...place, kind: 'unknown', text: raw }
      for (const slip of string.slips) onSlip(place.line, slip)
      end = string.end
      scanner.setPosition(end)
      linesInStrings += text.slice(offset, end).split('\n').length - 1
      return { ...place, kind: 'string', value: string.value }
    }
    return { ...place, ...literal(raw) }
  }
}

function literal(raw: string): { kind: 'literal'; value: Json } | { kind: 'unknown'; text: string } {
  try {
    return { kind: 'literal', value: parseJson(raw) }
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: 'unknown', text: raw }
    throw error
  }
}
