// Evaluating templates. A missing value is empty text; what a caller chose is marked all the way through.
import type { OpenConnection } from '../../connections/index.ts'
import type { Json } from '../../json.ts'
import { connectionValue } from '../credentials/connection-values.ts'
import { textOf } from '../request/argument-values.ts'
import { type Draft, joined, type Source } from '../request/draft.ts'
import { decode } from '../request/percent-encoding.ts'
import { valueAt } from './json-path.ts'
import { type Piece, parsePath, parseTemplate } from './parse.ts'

/** What the expressions of a policy can see. */
export interface Scope {
  readonly connection: OpenConnection | null
  readonly draft: Draft
  /** `@body()`; the request's in the request section, the response's behind it. */
  readonly body: Json | undefined
  readonly item?: Json
}

export interface Evaluated {
  readonly text: string
  /** Who chose it, the most suspect of all who chose a part. */
  readonly source: Source
}

/** One piece's value. */
export function evaluatePiece(piece: Piece, scope: Scope): Evaluated {
  if (piece.kind === 'text') return { text: piece.source, source: 'package' }
  if (piece.kind === 'document') {
    const value = valueAt(piece.root === 'item' ? scope.item : scope.body, piece.path)
    return { text: value === undefined || value === null ? '' : textOf(value), source: 'argument' }
  }
  const found = scalar(piece.from, piece.name, scope)
  return found.text === '' ? { text: piece.fallback, source: 'package' } : found
}

function scalar(
  from: 'connectionParameters' | 'headers' | 'queryParameters',
  name: string,
  scope: Scope,
): Evaluated {
  const folded = name.toLowerCase()
  switch (from) {
    case 'connectionParameters':
      return { text: connectionValue(scope.connection, name) ?? '', source: 'credential' }
    case 'headers': {
      const header = scope.draft.headers.get(folded)
      return { text: header?.value ?? '', source: header?.source ?? 'package' }
    }
    case 'queryParameters': {
      const { query } = scope.draft
      const pair =
        query.find(candidate => candidate.name === name) ??
        query.find(candidate => candidate.name.toLowerCase() === folded)
      return { text: pair ? decode(pair.wire) : '', source: pair?.source ?? 'package' }
    }
  }
}

/** A whole template's text. */
export function evaluate(template: string, scope: Scope): Evaluated {
  const values = parseTemplate(template).map(piece => evaluatePiece(piece, scope))
  return {
    text: values.map(value => value.text).join(''),
    source: joined(values.map(value => value.source)),
  }
}

/**
 * A template of a polling trigger on a response, such as `@{triggerBody().data[0].id}`. Undefined where a path leads
 * nowhere, so that a poll keeps the state it has (connector-format §5.3).
 */
export function evaluateOnResponse(template: string, response: Json): string | undefined {
  const texts: string[] = []
  for (const piece of parseTemplate(template)) {
    if (piece.kind !== 'document') {
      texts.push(piece.source)
      continue
    }
    const value = valueAt(response, piece.path)
    if (value === undefined || value === null) return undefined
    texts.push(textOf(value))
  }
  return texts.join('')
}

/** What a path such as `@triggerBody().value` finds in a response; undefined for nothing, or where it is no path. */
export function readResponsePath(template: string, response: Json): Json | undefined {
  const parsed = parsePath(template)
  return parsed ? valueAt(response, parsed.path) : undefined
}
