// Which of the items that are already there a first poll reports.
import { isJsonObject, type Json } from '../../json.ts'
import type { FeedStart } from '../feed.ts'

/** Members that tell when an item came to be, the surest first. */
const timeNames = [
  /^(created|published|submitted|received)/i,
  /(created|published|date|time|_at)/i,
  /updated|modified/i,
]

/** The chosen ones of `items` (newest first), in the same order. An item that does not tell its time counts as new. */
export function chosenAtStart(items: readonly Json[], start: FeedStart): readonly Json[] {
  if (start.start === 'NEW_ONLY') return []
  if (start.start === 'LAST') return items.slice(0, start.count)
  const since = start.since.getTime()
  return items.filter(item => (itemTime(item) ?? Number.POSITIVE_INFINITY) >= since)
}

/** Milliseconds since the epoch; null where no member tells. */
export function itemTime(item: Json): number | null {
  if (!isJsonObject(item)) return null
  const members = Object.entries(item)
  for (const name of timeNames)
    for (const [member, value] of members) {
      const time = name.test(member) ? moment(value) : null
      if (time !== null) return time
    }
  return null
}

/** Text of a date, or seconds or milliseconds since the epoch. */
function moment(value: Json | undefined): number | null {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value)) {
    const time = Date.parse(value)
    return Number.isNaN(time) ? null : time
  }
  if (typeof value !== 'number' || value < 1e9) return null
  return value < 1e11 ? value * 1000 : value
}
