// When an item came to be or changed, as far as it tells.
import { isJsonObject, type Json } from '../../json.ts'

/** Members that tell, the surest first. */
const timeNames = [
  /^(created|published|submitted|received)/i,
  /(created|published|date|time|_at)/i,
  /updated|modified/i,
]

/** Milliseconds since the epoch by the surest member; null where none tells. */
export function itemTime(item: Json): number | null {
  return timesOf(item)[0]?.[1] ?? null
}

/** All that it tells, by member, the surest first. Milliseconds since the epoch. */
export function timesOf(item: Json): readonly (readonly [member: string, time: number])[] {
  if (!isJsonObject(item)) return []
  const rank = (member: string) => timeNames.findIndex(name => name.test(member))
  return Object.entries(item)
    .flatMap(([member, value]) => {
      const time = rank(member) < 0 ? null : moment(value)
      return time === null ? [] : [[member, time] as const]
    })
    .sort(([a], [b]) => rank(a) - rank(b))
}

/** The items with the newest first: by their times where all tell one, else as the reverse of an order of happening. */
export function newestFirst(items: readonly Json[]): readonly Json[] {
  const times = new Map(items.map(item => [item, itemTime(item)]))
  const reversed = items.toReversed()
  if ([...times.values()].includes(null)) return reversed
  return reversed.sort((a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0))
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

/** The newest time that was seen of each member. */
export type Marks = Readonly<Record<string, number>>

/** Clocks of APIs may go so far ahead; what is later is a plan and no time that something happened. Milliseconds. */
const skew = 60_000

/** The marks moved on by what these items tell. */
export function moved(marks: Marks, items: readonly Json[], now: number): Marks {
  const next: Record<string, number> = { ...marks }
  for (const [member, time] of items.flatMap(timesOf))
    if (time <= now + skew) next[member] = Math.max(time, next[member] ?? Number.NEGATIVE_INFINITY)
  return next
}

/** True where all that the item tells is older than what was seen before. */
export function isOlder(item: Json, marks: Marks): boolean {
  const times = timesOf(item).filter(([member]) => Object.hasOwn(marks, member))
  return times.length > 0 && times.every(([member, time]) => time < (marks[member] ?? time))
}

/** True where the surest that the item tells is as new as anything that was seen. */
export function isAsNew(item: Json, marks: Marks): boolean {
  const [surest] = timesOf(item)
  if (!surest) return false
  const mark = marks[surest[0]]
  return mark !== undefined && surest[1] >= mark
}
