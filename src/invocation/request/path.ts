// Path templates: tokens become encoded values in one pass, and no value can change which path is called.
import { JunctorError } from '../../errors.ts'
import { invalidArgument } from './argument-values.ts'
import type { PathValue, PathValues } from './draft.ts'
import { encodePathText, encodeValue } from './percent-encoding.ts'

/** A template's own text, encoded, or the name of a token. */
export interface PathPiece {
  readonly token: boolean
  readonly text: string
}

/** The pieces of a template: by token, never by segment, since two tokens may share one (connector-format §2.3). */
export function pathPieces(template: string): readonly PathPiece[] {
  return template
    .split(/(\{[^{}]*\})/)
    .map((part, index) =>
      index % 2 === 1
        ? { token: true, text: part.slice(1, -1) }
        : { token: false, text: encodePathText(part) },
    )
}

/** The path with its values. Throws ARGUMENT_INVALID, OPERATION_UNSUPPORTED. */
export function fillPath(pieces: readonly PathPiece[], values: PathValues): string {
  let path = ''
  for (const piece of pieces) path += piece.token ? token(piece.text, values) : piece.text
  return path
}

function token(name: string, values: PathValues): string {
  const value = values.get(name)
  if (!value)
    throw new JunctorError(
      'OPERATION_UNSUPPORTED',
      `The path needs a value for {${name}}, but no path parameter of that name gives one; correct the package.`,
    )
  return encodeToken(name, value)
}

function encodeToken(name: string, { text, encoding }: PathValue): string {
  if (text === '') throw invalidArgument(name, 'is empty, but it is a part of the path; give a value')
  if (hasControl(text)) throw invalidArgument(name, 'holds a control character, which a path cannot carry')
  if (hasDotSegment(text))
    throw invalidArgument(name, 'holds the path segment "." or "..", which would call another path')
  if (encoding === 'raw') return encodeRaw(name, text)
  const once = encodeValue(text)
  return encoding === 'double' ? encodeValue(once) : once
}

function encodeRaw(name: string, text: string): string {
  if (/[?#\\]/.test(text))
    throw invalidArgument(name, 'is sent unencoded, so it cannot hold "?", "#" or "\\"')
  return encodePathText(text)
}

/** Each decoding peels one layer off; nobody means text that has been encoded more often than this. */
const mostLayers = 16

/** True where the text, however often it is decoded, has a segment that servers resolve away. */
export function hasDotSegment(text: string): boolean {
  if (!/\.|%/.test(text)) return false
  for (let current = text, round = 0; round < mostLayers; round++) {
    if (current.split(/[/\\]/).some(segment => segment === '.' || segment === '..')) return true
    const decoded = current.replace(/%(2e|2f|5c|25)/gi, decodeURIComponent)
    if (decoded === current) return false
    current = decoded
  }
  return true
}

function hasControl(text: string): boolean {
  return /\p{Cc}/u.test(text)
}

/** The last check: what the URL parser makes of the path must be the path that was built. */
export function assertUnchanged(path: string, { pathname }: URL): void {
  if (pathname === path && !hasDotSegment(path)) return
  throw new JunctorError(
    'ARGUMENT_INVALID',
    'The arguments would change the path that is called; leave out "." and ".." segments.',
  )
}
