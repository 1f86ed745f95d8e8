// Keys that an object has twice. JSON parsers take the last one silently (RFC 8259 §4), so a reader has to look.
import { tokenReader } from './json-tokens.ts'

/** A text with more of them is told by these alone. */
export const mostDuplicates = 100

/** Keys that an object of this well-formed text has twice, as sentences. Finding them costs a second reading. */
export function duplicateKeys(text: string): readonly string[] {
  const read = tokenReader(text)
  const stack: (Set<string> | null)[] = []
  const found: string[] = []
  let previous = read()
  for (let token = previous; token.kind !== 'end'; token = read()) {
    if (token.kind === '{') stack.push(new Set())
    else if (token.kind === '[') stack.push(null)
    else if (token.kind === '}' || token.kind === ']') stack.pop()
    else if (token.kind === ':' && previous.kind === 'string') {
      const keys = stack.at(-1)
      if (keys?.has(previous.value)) found.push(duplicateKey(previous.value, previous.line))
      keys?.add(previous.value)
    }
    if (found.length >= mostDuplicates) break
    previous = token
  }
  return found
}

/** The sentence for a key that is there again. */
export function duplicateKey(key: string, line: number): string {
  return `Line ${line} repeats the key ${JSON.stringify(key.slice(0, 80))}; the last one counts.`
}
