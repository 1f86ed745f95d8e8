// x-ms-pageable: next links followed until the caller has at least as many items as they asked for (connector-format
// §7). Pages are never cut: the link behind the last one leads to the next item, so that nothing is skipped.
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { Bytes, type Invocation, type InvocationResult, type Invoker } from './invocation.ts'

/** Pages of one call, whatever the caller's limit: an API that always names a next page must not be followed for ever. */
const mostPages = 200

interface Page {
  readonly body: JsonObject
  readonly itemsKey: string
  readonly items: readonly Json[]
  readonly linkKey: string | undefined
  readonly next: string | null
}

/**
 * Makes the call and follows its next links until there are `limit` items. The answer is the first page's, with all items and
 * the link behind the last page that was read. Links are held to the connection's own origin by `Invocation.url`.
 * An answer that is not a page is returned as it is. Throws as `Invoker.call` does.
 */
export async function callPages(
  invoker: Pick<Invoker, 'call'>,
  invocation: Invocation,
  limit: number,
): Promise<InvocationResult> {
  const first = await invoker.call(invocation)
  const start = pageOf(first, invocation.operation.nextLink)
  if (!start) return first
  let last = start
  const items = [...start.items]
  const followed = new Set<string>()
  for (let pages = 1; items.length < limit && last.next !== null && pages < mostPages; pages++) {
    followed.add(last.next)
    const page = pageOf(
      await invoker.call({ ...invocation, url: last.next, method: 'GET' }),
      invocation.operation.nextLink,
    )
    if (!page) break
    items.push(...page.items)
    last = page
    // A link that leads where the reading was already would repeat its pages for ever.
    if (page.next !== null && followed.has(page.next)) break
  }
  const link = start.linkKey ?? last.linkKey
  return {
    ...first,
    body: {
      ...start.body,
      [start.itemsKey]: items,
      ...(link === undefined ? {} : { [link]: last.next }),
    },
  }
}

function pageOf({ body }: InvocationResult, linkName: string | null): Page | null {
  if (linkName === null || body instanceof Bytes || !isJsonObject(body)) return null
  const arrays = Object.keys(body).filter(key => Array.isArray(body[key]))
  const itemsKey = arrays.includes('value') ? 'value' : arrays.length === 1 ? arrays[0] : undefined
  if (itemsKey === undefined) return null
  const items = body[itemsKey]
  const linkKey = Object.keys(body).find(key => key.toLowerCase() === linkName.toLowerCase())
  const link = linkKey === undefined ? null : body[linkKey]
  return {
    body,
    itemsKey,
    items: Array.isArray(items) ? items : [],
    linkKey,
    next: typeof link === 'string' && link !== '' ? link : null,
  }
}
