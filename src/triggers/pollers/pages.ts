// The pages of a list, newest first, read as far as somebody must.
import { isJunctorError } from '../../errors.ts'
import type { InvocationResult } from '../../invocation/index.ts'
import type { Json } from '../../json.ts'
import { jsonBody, valueAt } from './answer.ts'
import type { PollContext } from './contract.ts'
import { itemsOf, type PolicyConfig } from './policy-config.ts'

/** Pages that one poll reads; what is deeper is read by the next. */
export const pageLimit = 20

export interface PagesRead {
  readonly items: readonly Json[]
  /** Of the first page. */
  readonly body: Json
  /** Of the last page that was asked for. */
  readonly status: number
  /**
   * Where to read on, where the limit was met: the last page again, so that a stretch from there on and one that
   * ends there overlap. Null at the end, and where enough was read.
   */
  readonly next: string | null
}

/** Reads on from an answer until `isEnough` says so of a page and of all items, or the list ends, or the limit is met. */
export async function readPages(
  context: PollContext,
  config: PolicyConfig,
  first: InvocationResult,
  isEnough: (page: readonly Json[], all: readonly Json[]) => boolean,
  limit = pageLimit,
): Promise<PagesRead> {
  const { trigger } = context
  const items: Json[] = []
  let result = first
  let here: string | null = null
  for (let page = 1; ; page++) {
    const body = jsonBody(result)
    const found = itemsOf(trigger, config, body)
    items.push(...found)
    const link = trigger.role.batch ? valueAt(body, [config.nextLink]) : null
    const isLast = found.length === 0 || typeof link !== 'string' || link === '' || isEnough(found, items)
    const read = { items, body: jsonBody(first), status: result.status }
    if (isLast) return { ...read, next: null }
    if (page >= limit) return { ...read, next: here }
    here = new URL(link, result.url).href
    const following = await followed(context, here)
    // The API gave the link this moment, and refuses it: it gives nothing so deep.
    if (following === null) return { ...read, next: null }
    result = following
  }
}

/** Null where the API refuses its own link. */
export async function followed({ call }: PollContext, url: string): Promise<InvocationResult | null> {
  try {
    return await call({ url })
  } catch (error) {
    const status = isJunctorError(error) ? (error.details.http?.status ?? 0) : 0
    if ([400, 404, 410, 416, 422].includes(status)) return null
    throw error
  }
}
