// The filter language: text to a tree and back. A subset of OData's $filter (README.md, "Filters").
import { badRequest } from './problem.ts'
import { printName, type Token, tokensOf } from './tokens.ts'

export const comparisons = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const
export const matches = ['contains', 'startswith', 'endswith'] as const

/** A number keeps its text, and with it every digit. */
export type Literal = null | boolean | string | { readonly number: string }

export type Filter =
  | { readonly type: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly type: 'not'; readonly operand: Filter }
  | {
      readonly type: 'comparison'
      readonly column: string
      readonly operator: (typeof comparisons)[number]
      readonly value: Literal
    }
  | {
      readonly type: 'match'
      readonly how: (typeof matches)[number]
      readonly column: string
      readonly text: string
    }

/** Deeper nesting is nobody's filter, and would end in the database's own limit. */
const deepest = 100

/** Reads a filter. Throws 400 naming the place and what was expected there. */
export function parseFilter(text: string): Filter {
  const tokens = tokensOf('filter', text)
  let position = 0
  let depth = 0

  const peek = (): Token => tokens[position] ?? { type: 'end', at: text.length }
  const next = (): Token => {
    const token = peek()
    position += 1
    return token
  }
  const expected = (what: string, { at }: Token) => {
    const found = at >= text.length ? 'it ends' : `it reads ${text.slice(at, at + 20)}`
    return badRequest(`The filter needs ${what} at character ${at + 1}, but ${found}.`)
  }
  const keyword = (token: Token, ...words: readonly string[]): string | undefined =>
    token.type === 'word' && !token.quoted ? words.find(word => word === token.text.toLowerCase()) : undefined
  const punctuation = (type: '(' | ')' | ','): void => {
    const token = next()
    if (token.type !== type) throw expected(`"${type}"`, token)
  }
  const name = (): string => {
    const token = next()
    if (token.type !== 'word') throw expected('a column', token)
    return token.text
  }

  const literal = (): Literal => {
    const token = next()
    if (token.type === 'string') return token.text
    if (token.type === 'number') return { number: token.text }
    const word = keyword(token, 'true', 'false', 'null')
    if (!word) throw expected("a value such as 'text', 5, true or null", token)
    return word === 'null' ? null : word === 'true'
  }

  const comparison = (): Filter => {
    const column = name()
    const token = next()
    const operator = comparisons.find(word => word === keyword(token, word))
    if (!operator) throw expected(`one of ${comparisons.join(', ')}`, token)
    return { type: 'comparison', column, operator, value: literal() }
  }

  const match = (how: (typeof matches)[number]): Filter => {
    position += 1
    punctuation('(')
    const column = name()
    punctuation(',')
    const token = next()
    if (token.type !== 'string') throw expected("a text such as 'abc'", token)
    punctuation(')')
    return { type: 'match', how, column, text: token.text }
  }

  const nested = <T>(read: () => T): T => {
    depth += 1
    if (depth > deepest) throw badRequest(`The filter is nested deeper than ${deepest} levels.`)
    const result = read()
    depth -= 1
    return result
  }

  const unary = (): Filter => {
    const token = peek()
    if (token.type === '(') {
      position += 1
      const inner = nested(disjunction)
      punctuation(')')
      return inner
    }
    if (keyword(token, 'not')) {
      position += 1
      return { type: 'not', operand: nested(unary) }
    }
    const how = matches.find(word => word === keyword(token, word))
    return how && tokens[position + 1]?.type === '(' ? match(how) : comparison()
  }

  /** Left-associative, so that printing needs no more parentheses than reading. */
  const chain = (type: 'and' | 'or', operand: () => Filter) => (): Filter => {
    let left = operand()
    while (keyword(peek(), type)) {
      position += 1
      left = { type, left, right: operand() }
    }
    return left
  }
  const disjunction = chain('or', chain('and', unary))

  const filter = disjunction()
  const rest = next()
  if (rest.type !== 'end') throw expected('"and", "or" or its end', rest)
  return filter
}

/** Writes a filter that parseFilter reads as the same tree. */
export function printFilter(filter: Filter): string {
  switch (filter.type) {
    case 'and':
    case 'or':
      return `(${printFilter(filter.left)}) ${filter.type} (${printFilter(filter.right)})`
    case 'not':
      return `not (${printFilter(filter.operand)})`
    case 'comparison':
      return `${printName(filter.column)} ${filter.operator} ${printLiteral(filter.value)}`
    case 'match':
      return `${filter.how}(${printName(filter.column)}, ${printLiteral(filter.text)})`
  }
}

function printLiteral(value: Literal): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
  return typeof value === 'object' && value !== null ? value.number : String(value)
}
