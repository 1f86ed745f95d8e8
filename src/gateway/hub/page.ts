// Pages of lists that are in memory, cut by a cursor that is the last item's key.

export interface PageArgs {
  readonly first?: number | null
  readonly after?: string | null
}

/** Most items of one page, whatever is asked for. */
export const maxPageSize = 200

export function pageSize(args: PageArgs): number {
  return Math.max(0, Math.min(args.first ?? 50, maxPageSize))
}

/** `items` must be sorted by key. `after` is a key; a key that is gone continues behind where it was. */
export function pageOf<Item>(items: readonly Item[], args: PageArgs, keyOf: (item: Item) => string) {
  const { after } = args
  const rest = after == null ? items : items.filter(item => keyOf(item) > after)
  const nodes = rest.slice(0, pageSize(args))
  const last = nodes.at(-1)
  return {
    nodes,
    totalCount: items.length,
    pageInfo: { hasNextPage: rest.length > nodes.length, endCursor: last === undefined ? null : keyOf(last) },
  }
}
