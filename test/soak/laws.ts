// What a subscriber must have seen of a feed whose events are numbered from 1.

/** Everything from the first number to the last, once and in order. */
export function sawAll(who: string, seen: readonly number[], last: number): string[] {
  const faults = sawNoGap(who, seen)
  if (seen.length > 0 && seen[0] !== 1) faults.push(`${who} saw ${seen[0]} first, and 1 was.`)
  const end = seen.at(-1) ?? 0
  if (end !== last) faults.push(`${who} saw ${end} last, and ${last} was.`)
  return faults
}

/** Whatever it began with, and from there each number once and in order. */
export function sawNoGap(who: string, seen: readonly number[]): string[] {
  const at = seen.findIndex((n, index) => index > 0 && n !== (seen[index - 1] ?? 0) + 1)
  return at < 0 ? [] : [`${who} saw ${seen[at]} behind ${seen[at - 1]}.`]
}
