// From what an API calls things to what GraphQL lets us call them: deterministic, and the same in any order.

/** https://spec.graphql.org/October2021/#Name; names that begin with two underscores are GraphQL's own. */
const validName = /^(?!__)[A-Za-z_][A-Za-z0-9_]*$/

/** `issue-comment` → `IssueComment`; inner capitals stay. */
export function upperCamel(text: string): string {
  const camel = words(text)
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
  return camel === '' ? 'Unnamed' : camel
}

/** `ListIssues` and `list_issues` → `listIssues`; a leading acronym goes down whole: `HTTPGet` → `httpGet`. */
export function lowerCamel(text: string): string {
  return upperCamel(text).replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]+(?![a-z])|^[A-Z]/, head => head.toLowerCase())
}

/** A property's or parameter's name; as it is where GraphQL allows it. */
export function memberName(wire: string): string {
  const name = spelledName(wire)
  return isInherited(name) ? `${name}_` : name
}

/** graphql-js reads the members of an input as `value[name]`: one called `constructor` would always be there. */
function isInherited(name: string): boolean {
  return name in Object.prototype
}

function spelledName(wire: string): string {
  if (validName.test(wire)) return wire
  const spelled = ascii(wire.replace(/^\s*\+(?=\d)/, 'plus').replace(/^\s*-(?=\d)/, 'minus'))
  const name = spelled
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .replace(/^(?=\d)/, '_')
  if (name === '') return 'unnamed'
  return wire.startsWith('_') && !name.startsWith('_') ? `_${name}` : name
}

export interface WantedName {
  /** Unique; decides who keeps a contested name, so it must not depend on the order of the document. */
  readonly key: string
  readonly name: string
  /** Wins a contest: the name was not changed. */
  readonly exact?: boolean
}

/**
 * Gives each key a name of its own: the wanted one, or the wanted one and a number where several want it.
 * The result does not depend on the order of `wanted`.
 */
export function allocateNames(wanted: readonly WantedName[], separator = ''): ReadonlyMap<string, string> {
  const ranked = [...wanted].sort(
    (a, b) => Number(b.exact ?? false) - Number(a.exact ?? false) || compareText(a.key, b.key),
  )
  const given = new Map<string, string>()
  const taken = new Set<string>()
  const losers: WantedName[] = []
  for (const want of ranked) {
    if (taken.has(want.name)) losers.push(want)
    else {
      taken.add(want.name)
      given.set(want.key, want.name)
    }
  }
  // Numbers are never given back, so the search for one goes on where the last for this name ended.
  const numbers = new Map<string, number>()
  for (const { key, name } of losers) {
    let number = numbers.get(name) ?? 2
    while (taken.has(`${name}${separator}${number}`)) number += 1
    numbers.set(name, number + 1)
    const free = `${name}${separator}${number}`
    taken.add(free)
    given.set(key, free)
  }
  return given
}

/** Order by code units: the same on every machine, unlike a locale's. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** A name as one step of a path, as JSON pointers have it (RFC 6901). */
export function keyPart(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

function words(text: string): string[] {
  return ascii(text)
    .split(/[^A-Za-z0-9]+/)
    .filter(word => word !== '')
}

/** Accents go; letters of other scripts become their code points, so that different names stay different. */
function ascii(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{ASCII}]/gu, character =>
      /[\p{L}\p{N}]/u.test(character) ? `u${character.codePointAt(0)?.toString(16)}` : ' ',
    )
}
