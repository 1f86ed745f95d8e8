// Percent-encoding, RFC 3986: values keep only unreserved characters (connector-format §2.3).

const hex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`

/** Encodes a value: all but unreserved characters. The text must be well-formed Unicode. */
export function encodeValue(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, hex)
}

/** Encodes what a path may not hold and leaves the rest, and `%XX`, as it is: for a template's own text. */
export function encodePathText(text: string): string {
  return text.toWellFormed().replace(/%(?![0-9a-f]{2})|[^\w\-.~!$&'()*+,;=:@/%]/giu, encodeURIComponent)
}

/** Encodes a query parameter's name; keeps what APIs spell plainly, such as `$top` and `filter[name]`. */
export function encodeQueryName(name: string): string {
  return encodeValue(name).replace(/%(?:24|3A|40|5B|5D|2C)/g, decodeURIComponent)
}

/** Encodes a value that is inserted into a path or query by a policy: `%XX` in it is left alone (§4.4). */
export function encodeInserted(text: string, keepSlash: boolean): string {
  return text
    .toWellFormed()
    .split(/(%[0-9a-f]{2})/i)
    .map((part, index) => (index % 2 === 1 ? part : encodeValue(part)))
    .join('')
    .replace(/%2F/g, slash => (keepSlash ? '/' : slash))
}

/** Decodes; text that is not valid percent-encoding is itself. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
