// What the calls of one operation have in common, worked out once: where each argument goes, the path in its pieces, and
// what the package itself puts into the query.
import type { ConnectorDefinition, OperationDefinition, ParameterDefinition } from '../../definition/index.ts'
import type { Placed } from './argument-values.ts'
import { isAddressed, tidied } from './base-url.ts'
import type { Source } from './draft.ts'
import { type HeaderParameter, headerParameter } from './headers.ts'
import { type PathPiece, pathPieces } from './path.ts'

export interface RequestPlan {
  /** The base of calls whose connection names none. */
  readonly base: string
  /** `base` can be called as it is. */
  readonly isAddressed: boolean
  readonly path: readonly PathPiece[]
  /** Pairs that stand in the path behind a question mark. */
  readonly fixedQuery: readonly { readonly pieces: readonly PathPiece[]; readonly source: Source }[]
  /** Required, all of them: a path has no place for nothing, whatever the document says. */
  readonly pathParameters: readonly ParameterDefinition[]
  readonly query: Placed<ParameterDefinition>
  readonly headers: Placed<HeaderParameter>
  readonly form: readonly ParameterDefinition[]
  /** Where the API declares the header. */
  readonly idempotencyKey: ParameterDefinition | null
}

const plans = new WeakMap<ConnectorDefinition, WeakMap<OperationDefinition, RequestPlan>>()

/** The plan of an operation of this definition. */
export function planOf(definition: ConnectorDefinition, operation: OperationDefinition): RequestPlan {
  const byOperation = plans.get(definition) ?? new WeakMap<OperationDefinition, RequestPlan>()
  plans.set(definition, byOperation)
  const known = byOperation.get(operation)
  if (known) return known
  const made = makePlan(definition, operation)
  byOperation.set(operation, made)
  return made
}

function makePlan(definition: ConnectorDefinition, operation: OperationDefinition): RequestPlan {
  const [path = '', fixedQuery = ''] = operation.path.split(/\?(.*)/s)
  const placed = (place: ParameterDefinition['in']) =>
    operation.parameters.filter(parameter => parameter.in === place)
  const query = placed('query')
  const headers = placed('header')
  const base = tidied(operation.baseUrl ?? definition.baseUrl)
  return {
    base,
    isAddressed: isAddressed(base),
    path: pathPieces(path),
    fixedQuery: fixedQuery.split('&').map(pair => {
      const pieces = pathPieces(pair)
      return { pieces, source: pieces.some(({ token }) => token) ? 'argument' : 'package' }
    }),
    pathParameters: placed('path').map(parameter => ({ ...parameter, required: true })),
    query: { parameters: query, names: namesOf(query) },
    headers: { parameters: headers.map(headerParameter), names: namesOf(headers) },
    form: placed('form'),
    idempotencyKey: headers.find(({ name }) => name.trim().toLowerCase() === 'idempotency-key') ?? null,
  }
}

function namesOf(parameters: readonly ParameterDefinition[]): ReadonlySet<string> {
  return new Set(parameters.map(({ name }) => name))
}
