// Texts that come out wrong where somebody encodes carelessly, as far as the place they go to can carry them.
import type { Chance } from './seeded.ts'

/** `name`: plain, for what a policy makes a host or path of; `header`: Latin-1 on one line (RFC 9110 §5.5). */
export type Place = 'body' | 'query' | 'path' | 'raw path' | 'header' | 'name'

const ascii = [
  'plain',
  'a b',
  "it's",
  '"quoted"',
  '100%',
  '%2F',
  '%zz',
  'a+b',
  'a&b=c',
  '#x?y',
  'a/b',
  '.hidden',
  '..x',
  'a;b:c@d',
  'back\\slash',
  '<tag>',
  '$top',
  '{token}',
  '[x]',
  '~-_',
  '!*()',
] as const
const beyondAscii = ['ünïcödé', '日本語', '😀', 'e\u0301', '\u00a0'] as const
const breaking = ['two\nlines', 'cr\r\nlf', 'tab\there', '\u0001'] as const

const pools: Readonly<Record<Place, readonly string[]>> = {
  body: [...ascii, ...beyondAscii, ...breaking],
  query: [...ascii, ...beyondAscii, ...breaking],
  path: [...ascii, ...beyondAscii],
  'raw path': ['plain', 'a b', '%2F', 'a+b', 'ü'],
  header: [...ascii, 'ünï', 'a,b'],
  name: ['plain', 'name', 'label'],
}

export interface Length {
  readonly least: number
  readonly most: number
}

/** `without`: a character that would split the value where it stands in a list. */
export function hostileText(chance: Chance, place: Place, { least, most }: Length, without = ''): string {
  const pool = pools[place].filter(text => without === '' || !text.includes(without))
  const pieces = Array.from({ length: 1 + chance.below(place === 'name' ? 1 : 3) }, () => chance.pick(pool))
  const whole = [...pieces.join('')]
  let text = ''
  for (const character of whole) if (text.length + character.length <= most) text += character
  const wanted = Math.max(least, most > 0 && place !== 'body' ? 1 : 0)
  const tidy = tidied(text, place)
  // Lengths are those of characters, not of their halves (RFC 8259 §7 as JSON Schema counts).
  const padded = tidy + 'x'.repeat(Math.max(0, wanted - [...tidy].length))
  return isSpelledOut(padded, place) ? padded : 'x'.repeat(Math.min(most, Math.max(least, 1)))
}

/** A header's value has no space at its edges; a path has no segment of dots alone, however often it is decoded. */
function tidied(text: string, place: Place): string {
  return place === 'header' ? text.trim() : text
}

function isSpelledOut(text: string, place: Place): boolean {
  if (place !== 'path' && place !== 'raw path') return true
  const plain = text.replace(/%2f|\\|\//gi, '/').replace(/%2e/gi, '.')
  return !plain.split('/').some(segment => segment === '.' || segment === '..')
}
