// Paths that policies write: text, expressions and the operation's own tokens, encoded once (connector-format §4.4).
import { type Evaluated, evaluatePiece } from '../expressions/evaluate.ts'
import { type Piece, parseTemplate } from '../expressions/parse.ts'
import { joined, jsonBody, type QueryPair } from '../request/draft.ts'
import { fillPath, pathPieces } from '../request/path.ts'
import { encodeInserted } from '../request/percent-encoding.ts'
import { readQuery } from '../request/query.ts'
import type { PolicyCall } from './contract.ts'

export interface Route {
  /** Percent-encoded, with a leading slash. */
  readonly path: string
  readonly query: QueryPair[]
}

/** Evaluates a path template with an optional query, such as `/v1/tasks/{id}?site=@connectionParameters('site')`. */
export function routeOf(template: string, call: PolicyCall): Route {
  const [path = '', query = ''] = template.split(/\?(.*)/s)
  const filledPath = fill(parseTemplate(path), call, true).text
  return {
    path: filledPath.startsWith('/') ? filledPath : `/${filledPath}`,
    query: pairsOf(parseTemplate(query)).flatMap(pieces => {
      const { text, source } = fill(pieces, call, false)
      return readQuery(text, source)
    }),
  }
}

/** The pieces of each `name=value`, so that each is marked by who chose it. */
function pairsOf(pieces: readonly Piece[]): Piece[][] {
  const pairs: Piece[][] = []
  let pair: Piece[] = []
  for (const piece of pieces)
    if (piece.kind !== 'text') pair.push(piece)
    else
      for (const [index, source] of piece.source.split('&').entries()) {
        if (index > 0) {
          pairs.push(pair)
          pair = []
        }
        pair.push({ kind: 'text', source })
      }
  return [...pairs, pair]
}

function fill(pieces: readonly Piece[], call: PolicyCall, isPath: boolean): Evaluated {
  const scope = { connection: call.connection, draft: call.draft, body: jsonBody(call.draft) }
  const filled = pieces.map((piece, index): Evaluated => {
    if (piece.kind === 'text') {
      const pieces = pathPieces(piece.source)
      const source = pieces.some(({ token }) => token) ? 'argument' : 'package'
      return { text: fillPath(pieces, call.pathValues), source }
    }
    const { text, source } = evaluatePiece(piece, scope)
    // A value that fills the rest of a path may be a path itself.
    return { text: encodeInserted(text, isPath && index === pieces.length - 1), source }
  })
  return {
    text: filled.map(({ text }) => text).join(''),
    source: joined(filled.map(({ source }) => source)),
  }
}
