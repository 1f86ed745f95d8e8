// What the URL parser makes of a base. A call asks several times, all calls of a connection ask for the same one, and
// parsing costs more than looking it up.
import QuickLRU from 'quick-lru'

export interface BaseParts {
  readonly origin: string
  readonly protocol: string
  readonly hostname: string
  /** The URL as the parser spells it. */
  readonly href: string
}

const mostBases = 1_000

/** Pure: what is kept is what would be computed again. */
const known = new QuickLRU<string, BaseParts | null>({ maxSize: mostBases })

/** Null for text that is no URL. */
export function partsOf(base: string): BaseParts | null {
  const before = known.get(base)
  if (before !== undefined) return before
  const url = URL.canParse(base) ? new URL(base) : null
  const parts = url && {
    origin: url.origin,
    protocol: url.protocol,
    hostname: url.hostname,
    href: url.href,
  }
  known.set(base, parts)
  return parts
}
