// Paths that policies write: text, expressions and the operation's own tokens, encoded once (connector-format §4.4).
import { evaluatePiece } from '../expressions/evaluate.ts'
import { parseTemplate } from '../expressions/parse.ts'
import { jsonBody, type QueryPair } from '../request/draft.ts'
import { buildPath } from '../request/path.ts'
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
  const filledPath = fill(path, call, true)
  return {
    path: filledPath.startsWith('/') ? filledPath : `/${filledPath}`,
    query: readQuery(fill(query, call, false), 'package'),
  }
}

function fill(template: string, call: PolicyCall, isPath: boolean): string {
  const pieces = parseTemplate(template)
  const scope = { connection: call.connection, draft: call.draft, body: jsonBody(call.draft) }
  return pieces
    .map((piece, index) =>
      piece.kind === 'text'
        ? buildPath(piece.source, call.pathValues)
        : // A value that fills the rest of a path may be a path itself.
          encodeInserted(evaluatePiece(piece, scope).text, isPath && index === pieces.length - 1),
    )
    .join('')
}
