// Pages by cursor: a cursor is the id of the last row, so that rows added meanwhile neither repeat nor hide any.
import { JunctorError } from '../errors.ts'
import { isId } from '../id.ts'

export interface PageRequest {
  /** How many at most; 50 where left out, 500 at most. */
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
}

export interface Page<Node> {
  readonly nodes: readonly Node[]
  readonly hasNextPage: boolean
  readonly endCursor: string | null
}

const most = 500

/** Throws BAD_INPUT, CURSOR_INVALID. */
export function readPageRequest({ first, after }: PageRequest): { first: number; after: string | null } {
  const count = first ?? 50
  if (!Number.isInteger(count) || count < 0 || count > most)
    throw new JunctorError('BAD_INPUT', `first must be an integer from 0 to ${most}.`)
  if (after === null || after === undefined) return { first: count, after: null }
  const id = Buffer.from(after, 'base64url').toString('latin1')
  if (!isId(id))
    throw new JunctorError('CURSOR_INVALID', 'after must be an endCursor that this list gave you before.')
  return { first: count, after: id }
}

/** Takes up to `first + 1` rows in order; the surplus one says that there are more. */
export function toPage<Node extends { readonly id: string }>(
  rows: readonly Node[],
  first: number,
): Page<Node> {
  const nodes = rows.slice(0, first)
  const last = nodes.at(-1)
  return {
    nodes,
    hasNextPage: rows.length > first,
    endCursor: last ? Buffer.from(last.id, 'latin1').toString('base64url') : null,
  }
}
