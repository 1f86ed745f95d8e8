// A folder's or a person's name for a connector → the slug that prefixes its GraphQL names.
import { createHash } from 'node:crypto'

/** Letters that Unicode does not decompose into a base letter and marks. */
const spelled: Readonly<Record<string, string>> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ß: 'ss',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
  ħ: 'h',
}

/**
 * `[a-z][a-z0-9]*`, no underscore. `C/1Me Corporate` → `c1mecorporate`; a name without any Latin letter or digit
 * becomes `c` and the start of its hash.
 */
export function slug(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[æœøßđðłþıħ]/g, letter => spelled[letter] ?? '')
    .replace(/[^a-z0-9]/g, '')
  if (plain === '') return `c${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
  return /^\d/.test(plain) ? `c${plain}` : plain
}
