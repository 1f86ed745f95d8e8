// Words of the filter, order and select languages (README.md, "Filters").
import { badRequest } from './problem.ts'

export type Token =
  /** A word; `quoted` words ("…") are names only, never keywords. */
  | { readonly type: 'word'; readonly text: string; readonly quoted: boolean; readonly at: number }
  | { readonly type: 'string'; readonly text: string; readonly at: number }
  | { readonly type: 'number'; readonly text: string; readonly at: number }
  | { readonly type: '(' | ')' | ','; readonly at: number }
  | { readonly type: 'end'; readonly at: number }

const longest = 20_000

/** Sticky alternatives in order: blanks, punctuation, 'text', "name", number, word. Quotes are doubled inside quotes. */
const pattern =
  /(\s+)|([(),])|'((?:[^']|'')*)'|"((?:[^"]|"")+)"|([+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)(?![\p{L}\p{N}_])|([\p{L}_][\p{L}\p{N}_$.-]*)/uy

/** Throws 400 naming the place of what is no word. `language` names the argument in messages. */
export function tokensOf(language: string, text: string): Token[] {
  if (text.length > longest) throw badRequest(`The ${language} is longer than ${longest} characters.`)
  const tokens: Token[] = []
  const scan = new RegExp(pattern)
  let at = 0
  while (at < text.length) {
    scan.lastIndex = at
    const match = scan.exec(text)
    if (!match)
      throw badRequest(`The ${language} cannot be read at character ${at + 1}: ${text.slice(at, at + 20)}`)
    const token = tokenOf(match, at)
    if (token) tokens.push(token)
    at = scan.lastIndex
  }
  tokens.push({ type: 'end', at: text.length })
  return tokens
}

function tokenOf(match: RegExpExecArray, at: number): Token | null {
  const [, , punctuation, string, name, number, word] = match
  if (punctuation === '(' || punctuation === ')' || punctuation === ',') return { type: punctuation, at }
  if (string !== undefined) return { type: 'string', text: string.replaceAll("''", "'"), at }
  if (name !== undefined) return { type: 'word', text: name.replaceAll('""', '"'), quoted: true, at }
  if (number !== undefined) return { type: 'number', text: number, at }
  return word === undefined ? null : { type: 'word', text: word, quoted: false, at }
}

/** How a name is written so that it reads as this name. */
export function printName(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_$.-]*$/u.test(name) && !keywords.has(name.toLowerCase())
    ? name
    : `"${name.replaceAll('"', '""')}"`
}

const keywords = new Set([
  ...['and', 'or', 'not', 'true', 'false', 'null', 'asc', 'desc'],
  ...['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'contains', 'startswith', 'endswith'],
])
