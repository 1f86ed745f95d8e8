// Which of the items that are already there a first poll reports.
import type { Json } from '../../json.ts'
import type { FeedStart } from '../feeds/index.ts'
import { itemTime } from './item-times.ts'

/** The chosen ones of `items` (newest first), in the same order. An item that does not tell its time counts as new. */
export function chosenAtStart(items: readonly Json[], start: FeedStart): readonly Json[] {
  if (start.start === 'NEW_ONLY') return []
  if (start.start === 'LAST') return items.slice(0, start.count)
  const since = start.since.getTime()
  return items.filter(item => (itemTime(item) ?? Number.POSITIVE_INFINITY) >= since)
}

/** True where no further page could hold one that is chosen. */
export function isEnough(items: readonly Json[], start: FeedStart): boolean {
  if (start.start === 'NEW_ONLY') return true
  if (start.start === 'LAST') return items.length >= start.count
  const oldest = itemTime(items.at(-1) ?? null)
  return oldest !== null && oldest < start.since.getTime()
}
