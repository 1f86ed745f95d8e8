// One reading of JSON text that breaks the grammar (connector-format §11). Where a bracket is missing or too many, it
// is guided by the brackets alone or by indentation; which reading is right is for its caller to judge.
import type { Json, JsonObject } from '../json.ts'
import { duplicateKey } from './duplicate-keys.ts'
import { type Columns, createIndentationWitness } from './indentation.ts'
import { type OnSlip, type Token, tokenReader } from './json-tokens.ts'
import { pointer, record } from './node.ts'
import type { Repair, Unparsable } from './parsed-text.ts'

export interface LooseReading {
  readonly value: JsonObject | readonly Json[]
  readonly repairs: readonly Repair[]
  /** How many of them put in or left out a bracket, and so decided what belongs where. */
  readonly bracketRepairs: number
  /** Lines whose indentation does not fit the structure that was read. */
  readonly disagreements: number
  /** Whether the text has indentation to go by. */
  readonly indented: boolean
  /** Text behind the document, left out; empty where there is none. */
  readonly rest: string
}

/** More repairs than this, and the text is no JSON that somebody mistyped. */
const mostRepairs = 100

type Container = Columns & {
  comma: 'none' | 'needed' | 'seen'
  /** Its key or index in the container around it. */
  readonly name: string | number
} & (
    | { readonly kind: 'object'; readonly value: Record<string, Json>; key: string | null }
    | { readonly kind: 'array'; readonly value: Json[] }
  )

/** Reads the text once. `byIndentation`: a line at or left of the column of an open container is behind that container. */
export function readLooseJson(
  text: string,
  byIndentation: boolean,
  onSlip: OnSlip,
): LooseReading | Unparsable {
  const nextToken = tokenReader(text, onSlip)
  const witness = createIndentationWitness()
  const repairs: Repair[] = []
  const stack: Container[] = []
  const roots: Container[] = []
  let bracketRepairs = 0
  let lineIndent = 0
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
  const repaired = (token: Token, what: string) => {
    // One more than are allowed says enough; telling costs what the stack is deep.
    if (repairs.length <= mostRepairs)
      repairs.push({ message: `Line ${token.line}: ${what}`, ...placeOf(stack) })
  }
  const bracketRepaired = (token: Token, what: string) => {
    bracketRepairs += 1
    repaired(token, what)
  }

  const place = (token: Token, value: Json) => {
    const top = stack.at(-1)
    if (top === undefined) return
    if (top.comma === 'needed') repaired(token, 'a missing comma was put in.')
    if (top.kind === 'array') {
      if (token.indent !== null) witness.member(top, token.indent)
      top.value.push(value)
    } else if (top.key !== null) {
      top.value[top.key] = value
      top.key = null
    }
    top.comma = 'needed'
  }
  const open = (token: Token, kind: '{' | '[') => {
    const outer = stack.at(-1)
    const name = outer?.kind === 'object' ? (outer.key ?? '') : (outer?.value.length ?? '')
    const common = { name, indent: lineIndent, members: null, comma: 'none' } as const
    const container: Container =
      kind === '{'
        ? { ...common, kind: 'object', value: record(), key: null }
        : { ...common, kind: 'array', value: [] }
    place(token, container.value)
    if (roots.length === 0) roots.push(container)
    stack.push(container)
  }
  const close = (token: Token) => {
    const container = stack.at(-1)
    if (container?.kind === 'object' && container.key !== null) {
      container.value[container.key] = null
      repaired(token, 'a key without a value was read as null.')
    }
    if (container?.comma === 'seen') repaired(token, 'a comma before a closing bracket was left out.')
    stack.pop()
  }
  const closeMissing = (token: Token) => {
    bracketRepaired(token, 'a missing closing bracket was put in.')
    const closed = stack.at(-1)
    // A comma before the missing bracket was meant for what the bracket would have closed.
    const comma = closed?.comma
    if (closed && comma === 'seen') closed.comma = 'none'
    close(token)
    const outer = stack.at(-1)
    if (outer && comma === 'seen') outer.comma = 'seen'
  }
  /** Closes the containers that are left behind by a line that begins at `column`. The root ends by its bracket alone. */
  const closeLeftBehind = (token: Token, isBehind: (container: Container) => boolean) => {
    if (!byIndentation || token.indent === null) return
    for (let top = stack.at(-1); top && stack.length > 1 && isBehind(top); top = stack.at(-1))
      closeMissing(token)
  }
  /** Before a member: whatever its line is not to the right of. */
  const beforeMember = (token: Token) => {
    const column = token.indent
    if (column !== null) closeLeftBehind(token, container => column <= container.indent)
  }
  /** Closes up to and with the nearest container that this bracket fits; false where there is none. */
  const closeFitting = (token: Token, kind: 'object' | 'array') => {
    if (stack.findLast(container => container.kind === kind) === undefined) return false
    while (stack.at(-1)?.kind !== kind) closeMissing(token)
    const closed = stack.at(-1)
    if (closed && token.indent !== null) witness.closer(closed, token.indent)
    close(token)
    return true
  }
  const keyed = (token: Token, key: string, top: Container & { kind: 'object' }) => {
    take()
    if (top.comma === 'needed') repaired(token, 'a missing comma was put in.')
    top.comma = 'none'
    if (token.indent !== null) witness.member(top, token.indent)
    if (Object.hasOwn(top.value, key))
      repairs.push({ message: duplicateKey(key, token.line), ...placeOf(stack) })
    top.key = key
  }
  const onString = (token: Token, value: string): string | null => {
    const isKey = peek().kind === ':'
    const before = stack.at(-1)
    if (isKey || before?.kind === 'array') beforeMember(token)
    if (isKey && stack.at(-1)?.kind === 'array' && stack.at(-2)?.kind === 'object') closeMissing(token)
    const top = stack.at(-1)
    if (top === undefined) return 'a string stands outside the document'
    if (top.kind === 'object' && top.key === null) {
      if (!isKey) return 'a key has no value'
      keyed(token, value, top)
      return null
    }
    place(token, value)
    return null
  }
  const onOpener = (token: Token, kind: '{' | '['): string | null => {
    const before = stack.at(-1)
    if (before && (before.kind === 'array' || before.key === null)) beforeMember(token)
    const top = stack.at(-1)
    if (top?.kind === 'object' && top.key === null) {
      if (stack.at(-2)?.kind !== 'array') return 'a value stands where a key must be'
      closeMissing(token)
    }
    open(token, kind)
    return null
  }
  /** A bracket that fits nothing open, right before the one that does. */
  const surplusByNext = (kind: '}' | ']') =>
    kind === '}'
      ? stack.at(-1)?.kind === 'array' && peek().kind === ']'
      : stack.at(-1)?.kind === 'object' && peek().kind === '}'
  const surplus = (token: Token) => bracketRepaired(token, 'a surplus closing bracket was left out.')
  const onCloser = (token: Token, kind: '}' | ']'): string | null => {
    const column = token.indent
    const wanted = kind === '}' ? 'object' : 'array'
    if (byIndentation) {
      if (column !== null) closeLeftBehind(token, container => column < container.indent)
      const top = stack.at(-1)
      // Within a line too: what closes there was opened there, or together with what the line closes first.
      if (top && lineIndent > top.indent) {
        surplus(token)
        return null
      }
      const fits = stack.findLast(({ indent, kind }) => indent === lineIndent && kind === wanted)
      if (top && column !== null && column === top.indent && fits === undefined && stack.length > 1) {
        bracketRepaired(token, `a closing ${kind} was read as the bracket that was open.`)
        witness.closer(top, column)
        close(token)
        return null
      }
    }
    if (surplusByNext(kind) || !closeFitting(token, wanted)) surplus(token)
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
  const onLiteral = (token: Token, value: Json): string | null => {
    if (stack.at(-1)?.kind === 'array') beforeMember(token)
    const top = stack.at(-1)
    if (top === undefined || (top.kind === 'object' && top.key === null)) return 'a value stands alone'
    place(token, value)
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
      case 'literal':
        return onLiteral(token, token.value)
      case ':':
        return 'a colon stands where a value must be'
      case 'unknown':
        return `${JSON.stringify(token.text.slice(0, 40))} is no JSON`
      case 'end':
        return null
    }
  }
  /** Members behind a root that closed too early still belong to it. */
  const reopened = (token: Token, ended: Container): boolean => {
    if (ended.kind !== 'object') return false
    if (peek().kind !== (token.kind === ',' ? 'string' : ':')) return false
    stack.push(ended)
    ended.comma = 'seen'
    bracketRepaired(token, 'the document went on behind its closing bracket; what follows was taken in.')
    return token.kind === ',' || (token.kind === 'string' && onString(token, token.value) === null)
  }
  const result = (value: Container['value'], rest: string): LooseReading => ({
    value,
    repairs,
    bracketRepairs,
    disagreements: witness.disagreements(),
    indented: witness.speaks(),
    rest,
  })

  let lastLine = 1
  for (let token = take(); ; token = take()) {
    if (token.indent !== null) lineIndent = token.indent
    if (token.kind === 'end') break
    const [ended] = roots
    if (ended !== undefined && stack.length === 0) {
      if (reopened(token, ended)) continue
      repaired(token, 'text behind the document was left out.')
      return result(ended.value, text.slice(token.offset).trimEnd())
    }
    const problem = step(token)
    if (problem !== null) return { problem: `Line ${token.line}: ${problem}.` }
    if (repairs.length > mostRepairs) return tooMany
    lastLine = token.line
  }
  const [root] = roots
  if (root === undefined) return { problem: 'There is no object in it.' }
  if (stack.length > 0) {
    const end: Token = { kind: 'end', line: lastLine, offset: text.length, indent: null }
    bracketRepaired(end, 'the document ends too early; its missing closing brackets were put in.')
    while (stack.length > 0) close(end)
  }
  return repairs.length > mostRepairs ? tooMany : result(root.value, '')
}

const tooMany: Unparsable = { problem: `More than ${mostRepairs} repairs would be needed.` }

/** Nothing is read that nests deeper; a pointer to it would be as long as the text. */
const deepestPlace = 200

/** The JSON pointer to what is being read. */
function placeOf(stack: readonly Container[]): { readonly pointer?: string } {
  return stack.length > deepestPlace ? {} : { pointer: pointer(stack.slice(1).map(({ name }) => name)) }
}
