// Keys that an object has twice. JSON parsers take the last one silently (RFC 8259 §4), so a reader has to look.
import { tokenReader } from './json-tokens.ts'
import { pointer } from './node.ts'
import type { Repair } from './parsed-text.ts'

/** A text with more of them is told by these alone. */
export const mostDuplicates = 100

interface Open {
  /** Null for a list. */
  readonly keys: Set<string> | null
  /** Key or index of the member that is being read. */
  at: string | number
}

/** Keys that an object of this well-formed text has twice, as repairs. Finding them costs a second reading. */
export function duplicateKeys(text: string): readonly Repair[] {
  const read = tokenReader(text)
  const stack: Open[] = []
  const found: Repair[] = []
  let previous = read()
  for (let token = previous; token.kind !== 'end'; token = read()) {
    const top = stack.at(-1)
    if (token.kind === '{') stack.push({ keys: new Set(), at: '' })
    else if (token.kind === '[') stack.push({ keys: null, at: 0 })
    else if (token.kind === '}' || token.kind === ']') stack.pop()
    else if (token.kind === ',' && typeof top?.at === 'number') top.at += 1
    else if (token.kind === ':' && previous.kind === 'string' && top?.keys) {
      if (top.keys.has(previous.value))
        found.push({
          message: duplicateKey(previous.value, previous.line),
          pointer: pointer(stack.slice(0, -1).map(({ at }) => at)),
        })
      top.keys.add(previous.value)
      top.at = previous.value
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
