// The expression language of policies (connector-format §4.4), parsed by hand: it has calls and paths, and nothing that
// could be evaluated further.
import type { JsonPath } from './json-path.ts'

type ScalarSource = 'connectionParameters' | 'headers' | 'queryParameters'
export type DocumentRoot = 'body' | 'item' | 'triggerBody'

/** A part of a template. `source` is its text; the sources of all pieces, joined, are the template. */
export type Piece =
  | { readonly kind: 'text'; readonly source: string }
  | {
      readonly kind: 'scalar'
      readonly source: string
      readonly from: ScalarSource
      readonly name: string
      /** Used where the value is missing or empty. */
      readonly fallback: string
    }
  | {
      readonly kind: 'document'
      readonly source: string
      readonly root: DocumentRoot
      readonly path: JsonPath
    }

/** Names in lower case, a misspelling that a published package has included. */
const scalars: Readonly<Record<string, ScalarSource>> = {
  connectionparameters: 'connectionParameters',
  headers: 'headers',
  header: 'headers',
  queryparameters: 'queryParameters',
  queryparamters: 'queryParameters',
}
const documents: Readonly<Record<string, DocumentRoot>> = {
  body: 'body',
  item: 'item',
  triggerbody: 'triggerBody',
}

const scalarCall = /([a-z]+)\(\s*'([^']*)'\s*(?:,\s*'([^']*)'\s*)?\)/iy
const documentCall = /([a-z]+)\(\s*\)/iy
const step = /\??(?:\.([\p{L}_][\p{L}\p{N}_]*)|\[(\d{1,9})\]|\['([^']*)'\])/uy

/** Splits a template into text and expressions. Any text is a template: what is no expression stays text. */
export function parseTemplate(template: string): readonly Piece[] {
  const pieces: Piece[] = []
  let textStart = 0
  let index = 0
  while (index < template.length) {
    const piece = expressionAt(template, index)
    if (!piece) {
      index++
      continue
    }
    if (index > textStart) pieces.push({ kind: 'text', source: template.slice(textStart, index) })
    pieces.push(piece)
    index += piece.source.length
    textStart = index
  }
  if (template.length > textStart) pieces.push({ kind: 'text', source: template.slice(textStart) })
  return pieces
}

/** Parses a path parameter such as `@body().rows`, `body()` or `@item()['odd.name']`; null for anything else. */
export function parsePath(text: string): { readonly root: DocumentRoot; readonly path: JsonPath } | null {
  const trimmed = text.trim().replace(/^\{?@?\{?/, '')
  const bare = /^(body|item|triggerBody)(?=[.[]|$)/i.exec(trimmed)
  const core = bare ? `${bare[0]}()${trimmed.slice(bare[0].length)}` : trimmed
  const found = documentAt(core, 0)
  if (!found || !/^\}?$/.test(core.slice(found.end))) return null
  return { root: found.root, path: found.path }
}

/** Parses a property as policies name it: `name`, `['odd.name']` or several steps; other text is one name. */
export function parseSteps(text: string): JsonPath {
  const steps = /^[.[?]/.test(text) ? text : `.${text}`
  const { path, end } = stepsAt(steps, 0)
  return end === steps.length ? path : [text]
}

/** An expression that begins at `start`: `@core`, `@{core}` or `{@core}`. */
function expressionAt(template: string, start: number): Piece | null {
  const opening = template.startsWith('{@', start)
    ? { length: 2, closed: true }
    : template.startsWith('@{', start)
      ? { length: 2, closed: true }
      : template[start] === '@'
        ? { length: 1, closed: false }
        : null
  if (!opening) return null
  const core = coreAt(template, start + opening.length)
  if (!core) return null
  if (!opening.closed) return { ...core.piece, source: template.slice(start, core.end) }
  return template[core.end] === '}' ? { ...core.piece, source: template.slice(start, core.end + 1) } : null
}

type Core =
  | { readonly kind: 'scalar'; readonly from: ScalarSource; readonly name: string; readonly fallback: string }
  | { readonly kind: 'document'; readonly root: DocumentRoot; readonly path: JsonPath }

function coreAt(template: string, start: number): { readonly piece: Core; readonly end: number } | null {
  scalarCall.lastIndex = start
  const call = scalarCall.exec(template)
  const from = call && ownValue(scalars, call[1])
  if (call && from) {
    const piece = { kind: 'scalar', from, name: call[2] ?? '', fallback: call[3] ?? '' } as const
    return { piece, end: scalarCall.lastIndex }
  }
  const found = documentAt(template, start)
  return found ? { piece: { kind: 'document', root: found.root, path: found.path }, end: found.end } : null
}

function documentAt(template: string, start: number) {
  documentCall.lastIndex = start
  const call = documentCall.exec(template)
  const root = call && ownValue(documents, call[1])
  // Only documents take a path: after a scalar the next dot is text, as in https://@connectionParameters('a').x.io
  return root ? { root, ...stepsAt(template, documentCall.lastIndex) } : null
}

function stepsAt(template: string, start: number): { readonly path: JsonPath; readonly end: number } {
  const path: (string | number)[] = []
  let end = start
  for (;;) {
    step.lastIndex = end
    const found = step.exec(template)
    if (!found) return { path, end }
    path.push(found[1] ?? found[3] ?? Number(found[2]))
    end = step.lastIndex
  }
}

function ownValue<Value>(table: Readonly<Record<string, Value>>, name = ''): Value | undefined {
  const key = name.toLowerCase()
  return Object.hasOwn(table, key) ? table[key] : undefined
}
