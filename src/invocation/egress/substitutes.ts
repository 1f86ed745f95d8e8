// Origin substitutes (JUNCTOR_ORIGINS): calls to one origin go to another, for staging and tests.
import type { OriginSubstitute } from '../../config.ts'

export interface Substitutes {
  /** Where a call to this URL really goes; null: to the URL itself. */
  of(url: URL): URL | null
  /** A link that names the substitute of `home` means `home`; any other link is itself. */
  restore(link: URL, home: URL): URL
}

/** An exact origin wins over `*`. */
export function createSubstitutes(substitutes: readonly OriginSubstitute[]): Substitutes {
  const exact = new Map(substitutes.map(({ from, to }) => [from, to]))
  const of = (url: URL): URL | null => {
    const to = exact.get(url.origin) ?? exact.get('*')
    return to === undefined || to === url.origin ? null : moved(url, to)
  }
  return {
    of,
    restore: (link, home) => (of(home)?.origin === link.origin ? moved(link, home.origin) : link),
  }
}

function moved(url: URL, origin: string): URL {
  return new URL(`${origin}${url.pathname}${url.search}`)
}
