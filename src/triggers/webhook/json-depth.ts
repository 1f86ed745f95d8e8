/** How deep arrays and objects of JSON text nest, without parsing it: brackets inside strings do not count. */
export function jsonDepth(text: string): number {
  let depth = 0
  let deepest = 0
  for (let place = 0; place < text.length; place++)
    switch (text[place]) {
      case '"':
        place = endOfString(text, place + 1)
        break
      case '[':
      case '{':
        deepest = Math.max(deepest, ++depth)
        break
      case ']':
      case '}':
        depth--
    }
  return deepest
}

/** Where the string that began before `place` ends; the text's length where it does not. */
function endOfString(text: string, place: number): number {
  for (let quote = text.indexOf('"', place); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0
    while (text[quote - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return quote
  }
  return text.length
}
