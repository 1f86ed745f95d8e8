// Content types: what to send, and which of several declared ones to read a schema from (connector-format §2.2).

/** `application/json`, `text/json`, `application/vnd.x+json;odata=…`; no wildcards. */
export function isJson(mediaType: string): boolean {
  return isOfSyntax(mediaType, 'json')
}

export function isXml(mediaType: string): boolean {
  return isOfSyntax(mediaType, 'xml')
}

/** The subtype itself or its structured syntax suffix, RFC 6838 §4.2.8. */
function isOfSyntax(mediaType: string, syntax: string): boolean {
  const [essence = ''] = mediaType.split(';', 1)
  const subtype = essence
    .slice(essence.indexOf('/') + 1)
    .trim()
    .toLowerCase()
  return !essence.includes('*') && (subtype === syntax || subtype.endsWith(`+${syntax}`))
}

export function isText(mediaType: string): boolean {
  return /^text\//i.test(mediaType)
}

/** `application/form-data` is bogus, and meant as multipart (§2.2). */
function isMultipart(mediaType: string): boolean {
  return /^multipart\/|^application\/form-data/i.test(mediaType)
}

function isUrlEncoded(mediaType: string): boolean {
  return /^application\/x-www-form-urlencoded/i.test(mediaType)
}

export function isForm(mediaType: string): boolean {
  return isMultipart(mediaType) || isUrlEncoded(mediaType)
}

function isWildcard(mediaType: string): boolean {
  return mediaType.includes('*')
}

/** Of a Swagger 2.0 body: what its shape and the operation's and document's `consumes` agree on. */
export function bodyContentType(
  shape: 'bytes' | 'text' | 'json',
  operation: readonly string[],
  document: readonly string[],
): string {
  const listed = [...operation, ...(operation.length > 0 ? [] : document)]
  if (shape === 'bytes') {
    return (
      listed.find(type => !isJson(type) && !isForm(type) && !isWildcard(type)) ?? 'application/octet-stream'
    )
  }
  // A string body of an API that takes text or XML is that text; elsewhere it is a JSON string.
  const raw =
    shape === 'text' ? listed.find(type => (isText(type) && !isJson(type)) || isXml(type)) : undefined
  return raw ?? operation.find(isJson) ?? document.find(isJson) ?? 'application/json'
}

/** Any file makes it multipart; else urlencoded where it is listed, else multipart where that is (§2.2). */
export function formContentType(hasFile: boolean, listed: readonly string[]): string {
  const urlEncoded = 'application/x-www-form-urlencoded'
  if (hasFile) return 'multipart/form-data'
  return !listed.some(isUrlEncoded) && listed.some(isMultipart) ? 'multipart/form-data' : urlEncoded
}
