// What a content type says of the body below it.

export function isJsonType(type: string): boolean {
  return /^(application|text)\/([^;]*\+)?json/i.test(type)
}

export function isUrlencodedType(type: string): boolean {
  return /^application\/x-www-form-urlencoded/i.test(type)
}

/** `application/form-data` is bogus, and meant as multipart (connector-format §2.2). */
export function isMultipartType(type: string): boolean {
  return /^multipart\/|^application\/form-data/i.test(type)
}
