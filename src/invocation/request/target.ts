// The URL that is called: the draft's own, or a link that the API gave and that stays inside the connection's origin.
import { JunctorError } from '../../errors.ts'
import type { Substitutes } from '../egress/substitutes.ts'
import { type Draft, isCredential } from './draft.ts'
import { assertUnchanged } from './path.ts'
import { printQuery, readQuery } from './query.ts'

/** The draft's own URL. Throws ARGUMENT_INVALID where it would not be the path that was built. */
export function ownUrl(draft: Draft): URL {
  const { base, path } = draft
  const url = new URL(plainUrl(draft))
  // What the parser makes of base and path together must be what it makes of the base, and then the path.
  const { origin } = base.startsWith(url.origin) ? url : new URL(base)
  assertUnchanged(`${base}${path}`.slice(origin.length) || '/', url)
  return url
}

/** The draft's own URL as text, also where it is none that can be called. */
export function plainUrl({ base, path, query }: Draft): string {
  return `${base}${path}${printQuery(query)}`
}

/** A link resolved against the draft's own URL, with the query part of the credential. Throws EGRESS_REFUSED. */
export function followedUrl(link: string, draft: Draft, substitutes: Substitutes): URL {
  const own = ownUrl(draft)
  const resolved = URL.canParse(link, own) ? substitutes.restore(new URL(link, own), own) : null
  if (!resolved || resolved.origin !== own.origin || resolved.username !== '' || resolved.password !== '')
    throw new JunctorError(
      'EGRESS_REFUSED',
      `The API gave a link that leads away from ${own.origin}, where the connection's credential may not go; the link is not followed.`,
    )
  resolved.hash = ''
  const present = new Set(readQuery(resolved.search.slice(1), 'package').map(pair => pair.name))
  const credentials = draft.query.filter(pair => isCredential(pair.source) && !present.has(pair.name))
  const added = printQuery(credentials).slice(1)
  if (added !== '') resolved.search = [resolved.search.slice(1), added].filter(part => part !== '').join('&')
  return resolved
}
