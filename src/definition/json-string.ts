// A JSON string that breaks the grammar → the characters its author meant. What JSON forbids in a string (an escape
// that it does not know, a raw line break) is kept as it stands: what follows a stray backslash may be a path.

export interface ReadString {
  readonly value: string
  /** Offset behind the closing quote. */
  readonly end: number
  /** What JSON forbids, as clauses. */
  readonly slips: readonly string[]
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/** Reads the string whose opening quote is at `offset`; null where nothing closes it. */
export function readBrokenString(text: string, offset: number): ReadString | null {
  const closing = closingQuote(text, offset)
  if (closing === null) return null
  const raw = text.slice(offset + 1, closing)
  const unknown = new Set<string>()
  const value = raw.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]?))/g, (whole, hex?: string, character = '') => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
    const meant = Object.hasOwn(escapes, character) ? escapes[character] : undefined
    if (meant === undefined) unknown.add(`\\${JSON.stringify(character).slice(1, -1)}`)
    return meant ?? whole
  })
  const slips: string[] = []
  if (unknown.size > 0) {
    const listed = [...unknown].slice(0, 5).join(' ')
    slips.push(`JSON knows no escape ${listed}; its characters were kept.`)
  }
  if (holdsControlCharacters(raw)) slips.push('raw control characters in a string were kept.')
  return { value, end: closing + 1, slips }
}

function holdsControlCharacters(raw: string): boolean {
  for (let at = 0; at < raw.length; at++) if (raw.charCodeAt(at) < 0x20) return true
  return false
}

/**
 * Where the string ends: at the first quote that is not escaped. Where that is on a later line and nothing there looks
 * like the end of a string, a backslash stood before the closing quote of this line, as in `"C:\temp\"`.
 */
function closingQuote(text: string, offset: number): number | null {
  let escapedQuote: number | null = null
  let lines = 0
  for (let at = offset + 1; at < text.length; at++) {
    const character = text[at]
    if (character === '\n') lines += 1
    else if (character === '\\') {
      at += 1
      if (text[at] === '\n') lines += 1
      if (text[at] === '"' && lines === 0) escapedQuote = at
    } else if (character === '"') {
      return lines > 0 && escapedQuote !== null && !endsValue(text, at + 1) ? escapedQuote : at
    }
  }
  return escapedQuote
}

/** Whether what follows is what follows a string. */
function endsValue(text: string, from: number): boolean {
  let at = from
  while (' \t\r\n'.includes(text[at] ?? '-')) at += 1
  return at >= text.length || ',:}]/'.includes(text[at] ?? '')
}
