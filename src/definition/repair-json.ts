// JSON text that breaks the grammar → the value its author meant, with every repair told (connector-format §11).
// The repairs are those that published packages need; anything else stays an error.
import type { Json, JsonObject } from '../json.ts'
import { duplicateKey } from './duplicate-keys.ts'
import { type Token, tokenReader } from './json-tokens.ts'
import { record } from './node.ts'

export interface Repaired {
  readonly value: JsonObject | readonly Json[]
  /** Whole sentences, each with its line. */
  readonly repairs: readonly string[]
}

export interface Unrepaired {
  readonly problem: string
}

/** More repairs than this, and the text is no JSON that somebody mistyped. */
const mostRepairs = 100
/** Text left behind the root that makes a second reading, guided by indentation, worth its while. */
const suspiciousRest = 1024

/** Reads the text once plainly, and again by indentation where the root seems to end long before the text. */
export function repairJson(text: string): Repaired | Unrepaired {
  const plain = read(text, { byIndentation: false, reopenRoot: false })
  if ('problem' in plain || plain.rest === 0) return plain
  if (plain.rest > suspiciousRest) {
    const guided = read(text, { byIndentation: true, reopenRoot: false })
    if (!('problem' in guided) && guided.rest < suspiciousRest) return guided
  }
  return read(text, { byIndentation: false, reopenRoot: true })
}

type Container = { readonly indent: number; comma: 'none' | 'needed' | 'seen' } & (
  | { readonly kind: 'object'; readonly value: Record<string, Json>; key: string | null }
  | { readonly kind: 'array'; readonly value: Json[] }
)

interface Reading {
  readonly byIndentation: boolean
  /** Members behind a root that closed too early still belong to it. */
  readonly reopenRoot: boolean
}

function read(
  text: string,
  { byIndentation, reopenRoot }: Reading,
): (Repaired & { rest: number }) | Unrepaired {
  const nextToken = tokenReader(text)
  const repairs: string[] = []
  const stack: Container[] = []
  const roots: Container[] = []
  let lineIndent = 0
  let lastCloserIndent = -1
  let ahead: Token | null = null
  const take = () => {
    const token = ahead ?? nextToken()
    ahead = null
    return token
  }
  const peek = () => {
    ahead ??= nextToken()
    return ahead
  }
  const repaired = (token: Token, what: string) => repairs.push(`Line ${token.line}: ${what}`)

  const place = (token: Token, value: Json) => {
    const top = stack.at(-1)
    if (top === undefined) return
    if (top.comma === 'needed') repaired(token, 'a missing comma was put in.')
    if (top.kind === 'array') top.value.push(value)
    else if (top.key !== null) {
      top.value[top.key] = value
      top.key = null
    }
    top.comma = 'needed'
  }
  const open = (token: Token, kind: '{' | '[') => {
    const container: Container =
      kind === '{'
        ? { kind: 'object', value: record(), key: null, indent: lineIndent, comma: 'none' }
        : { kind: 'array', value: [], indent: lineIndent, comma: 'none' }
    place(token, container.value)
    if (roots.length === 0) roots.push(container)
    stack.push(container)
  }
  const close = (token: Token) => {
    const container = stack.pop()
    if (container?.kind === 'object' && container.key !== null) {
      container.value[container.key] = null
      repaired(token, 'a key without a value was read as null.')
    }
    if (container?.comma === 'seen') repaired(token, 'a comma before a closing bracket was left out.')
  }
  /** Closes up to and with the nearest container that this bracket fits; false where there is none. */
  const closeFitting = (token: Token, kind: 'object' | 'array') => {
    if (!stack.some(container => container.kind === kind)) return false
    while (stack.at(-1)?.kind !== kind) {
      repaired(token, 'a missing closing bracket was put in.')
      close(token)
    }
    close(token)
    return true
  }
  const surplusByIndent = (token: Token) => {
    const top = stack.at(-1)
    return (
      byIndentation &&
      token.indent !== null &&
      top !== undefined &&
      token.indent === lastCloserIndent &&
      token.indent > top.indent
    )
  }
  const keyed = (token: Token, key: string, top: Container & { kind: 'object' }) => {
    take()
    if (top.comma === 'needed') repaired(token, 'a missing comma was put in.')
    top.comma = 'none'
    if (Object.hasOwn(top.value, key)) repairs.push(duplicateKey(key, token.line))
    top.key = key
  }
  const onString = (token: Token, value: string): string | null => {
    let top = stack.at(-1)
    if (top === undefined) return 'a string stands outside the document'
    if (peek().kind === ':' && top.kind === 'array' && stack.at(-2)?.kind === 'object') {
      repaired(token, 'a missing closing bracket was put in.')
      close(token)
      top = stack.at(-1)
    }
    if (top?.kind === 'object' && top.key === null) {
      if (peek().kind !== ':') return 'a key has no value'
      keyed(token, value, top)
      return null
    }
    place(token, value)
    return null
  }
  const onOpener = (token: Token, kind: '{' | '['): string | null => {
    const top = stack.at(-1)
    if (top?.kind === 'object' && top.key === null) {
      const outer = stack.at(-2)
      if (outer?.kind !== 'array') return 'a value stands where a key must be'
      repaired(token, 'a missing closing bracket was put in.')
      // The comma before it was meant for the element that the bracket would have closed.
      if (top.comma === 'seen') outer.comma = 'seen'
      top.comma = 'none'
      close(token)
    }
    open(token, kind)
    return null
  }
  /** A bracket that fits nothing open, right before the one that does. */
  const surplusByNext = (kind: '}' | ']') =>
    kind === '}'
      ? stack.at(-1)?.kind === 'array' && peek().kind === ']'
      : stack.at(-1)?.kind === 'object' && peek().kind === '}'
  const onCloser = (token: Token, kind: '}' | ']'): string | null => {
    const surplus = surplusByIndent(token) || surplusByNext(kind)
    if (surplus || !closeFitting(token, kind === '}' ? 'object' : 'array')) {
      repaired(token, 'a surplus closing bracket was left out.')
    }
    if (token.indent !== null) lastCloserIndent = token.indent
    return null
  }
  const onComma = (token: Token): string | null => {
    const top = stack.at(-1)
    if (top === undefined) return 'a comma stands outside the document'
    if (top.kind === 'object' && top.key !== null) {
      repaired(token, 'a key without a value was read as null.')
      place(token, null)
    }
    if (top.comma !== 'needed') repaired(token, 'a surplus comma was left out.')
    top.comma = 'seen'
    return null
  }
  const step = (token: Token): string | null => {
    switch (token.kind) {
      case '{':
      case '[':
        return onOpener(token, token.kind)
      case '}':
      case ']':
        return onCloser(token, token.kind)
      case ',':
        return onComma(token)
      case 'string':
        return onString(token, token.value)
      case 'literal': {
        const top = stack.at(-1)
        if (top === undefined || (top.kind === 'object' && top.key === null)) return 'a value stands alone'
        place(token, token.value)
        return null
      }
      case ':':
        return 'a colon stands where a value must be'
      case 'unknown':
        return `${JSON.stringify(token.text.slice(0, 40))} is no JSON`
      case 'end':
        return null
    }
  }
  const reopened = (token: Token): boolean => {
    const [root] = roots
    if (!reopenRoot || root?.kind !== 'object') return false
    if (peek().kind !== (token.kind === ',' ? 'string' : ':')) return false
    stack.push(root)
    root.comma = 'seen'
    repaired(token, 'the document went on behind its closing bracket; what follows was taken in.')
    return token.kind === ',' || (token.kind === 'string' && onString(token, token.value) === null)
  }

  for (let token = take(); ; token = take()) {
    if (token.indent !== null) lineIndent = token.indent
    if (token.kind === 'end') break
    const [root] = roots
    if (root !== undefined && stack.length === 0) {
      if (reopened(token)) continue
      const rest = text.length - token.offset
      repaired(token, 'text behind the document was left out.')
      return { value: root.value, repairs, rest }
    }
    const problem = step(token)
    if (problem !== null) return { problem: `Line ${token.line}: ${problem}.` }
    if (repairs.length > mostRepairs) return { problem: `More than ${mostRepairs} repairs would be needed.` }
  }
  const [root] = roots
  if (root === undefined) return { problem: 'There is no object in it.' }
  if (stack.length > 0) {
    repairs.push('The document ends too early; its missing closing brackets were put in.')
    while (stack.length > 0) close({ kind: 'end', line: 0, offset: 0, indent: null })
  }
  return { value: root.value, repairs, rest: 0 }
}
