// JSON text → tokens, tolerant of comments, raw control characters in strings and white space that JSON does not
// know. jsonc-parser's scanner does the reading; this names its tokens and keeps what repairing needs.
import { createScanner } from 'jsonc-parser'
import { type Json, parseJson } from '../json.ts'

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

/** A raw line break inside a string, as jsonc-parser's scanner reports it (ScanError.UnexpectedEndOfString). */
const unexpectedEndOfString = 2

/** Reads the next token at each call; after the last one always `end`. */
export function tokenReader(text: string): () => Token {
  const scanner = createScanner(text, true)
  let lastLine = -1
  /** White space that only Unicode knows is a token of its own to the scanner. */
  const scan = (): { offset: number; raw: string } => {
    for (;;) {
      scanner.scan()
      const offset = scanner.getTokenOffset()
      const raw = text.slice(offset, offset + scanner.getTokenLength())
      if (raw === '' || raw.trim() !== '') return { offset, raw }
    }
  }
  return () => {
    const { offset, raw } = scan()
    const row = scanner.getTokenStartLine()
    const place = {
      line: row + 1,
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
      if (scanner.getTokenError() !== unexpectedEndOfString) {
        return { ...place, kind: 'string', value: scanner.getTokenValue() }
      }
      const value = multiLine(text, offset)
      if (value === null) return { ...place, kind: 'unknown', text: raw }
      scanner.setPosition(offset + value.length + 2)
      return { ...place, kind: 'string', value }
    }
    return { ...place, ...literal(raw) }
  }
}

/** The characters between the quote at `offset` and the next one, line breaks and all. */
function multiLine(text: string, offset: number): string | null {
  const end = text.indexOf('"', offset + 1)
  return end === -1 ? null : text.slice(offset + 1, end)
}

function literal(raw: string): { kind: 'literal'; value: Json } | { kind: 'unknown'; text: string } {
  try {
    return { kind: 'literal', value: parseJson(raw) }
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: 'unknown', text: raw }
    throw error
  }
}
