// The parameters and body of a received request by their declared names, for the judge.
import type { Json } from '../../../src/json.ts'
import type { DeclaredOperation } from './declared-operation.ts'
import {
  exactJson,
  type ReceivedRequest,
  readForm,
  readMultipart,
  readParts,
  readPath,
  readQuery,
} from './received-request.ts'
import type { DecodedRequest } from './schema-check.ts'
import type { WantedRequest } from './wanted-request.ts'

export function decodedRequest(
  received: ReceivedRequest,
  operation: DeclaredOperation,
  wanted: WantedRequest,
): DecodedRequest {
  const query = readQuery(received)
  const form = formOf(received, wanted)
  const values = (place: string, read: (name: string, isList: boolean, format: unknown) => unknown) =>
    Object.fromEntries(
      operation.parameters.flatMap(({ in: where, name, schema }) => {
        const value =
          where === place ? read(name, schema.type === 'array', schema.collectionFormat) : undefined
        const wire = place === 'header' ? name.trim().toLowerCase() : name.trim()
        return value === undefined ? [] : [[wire, value]]
      }),
    )
  const list = (texts: readonly string[], isList: boolean, format: unknown) => {
    if (!isList || format === 'multi') return isList ? texts : texts[0]
    return texts[0]?.split(',')
  }
  const path = readPath(received, wanted) ?? new Map<string, string>()
  return {
    path: values('path', (name, isList, format) => list(present(path.get(name)), isList, format)),
    query: values('query', (name, isList, format) => {
      const wires = query.filter(([each]) => each === name.trim()).map(([, wire]) => wire)
      if (wires.length === 0) return undefined
      if (isList && format !== 'multi') return readParts(wires[0] ?? '', { separator: separatorOf(format) })
      const texts = wires.flatMap(wire => readParts(wire, { separator: null }))
      return isList ? texts : texts[0]
    }),
    header: values('header', (name, isList, format) =>
      list(present(headerOf(received, name.trim().toLowerCase())), isList, format),
    ),
    formData: values('formData', (name, isList, format) => {
      const texts = form.filter(([each]) => each === name).map(([, text]) => text)
      return texts.length === 0 ? undefined : list(texts, isList, format)
    }),
    body: bodyOf(received, wanted),
  }
}

function present(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text]
}

/** The boundary of a multipart body is no part of what `Content-Type` was to be. */
function headerOf({ headers }: ReceivedRequest, name: string): string | undefined {
  return name === 'content-type' ? headers[name]?.replace(/;\s*boundary=.*/i, '') : headers[name]
}

function separatorOf(format: unknown): string {
  if (format === 'ssv') return ' '
  if (format === 'tsv') return '\t'
  return format === 'pipes' ? '|' : ','
}

function formOf(
  { body, headers }: ReceivedRequest,
  wanted: WantedRequest,
): readonly (readonly [string, string])[] {
  if (wanted.body.kind === 'form') return readForm(body)
  if (wanted.body.kind !== 'multipart') return []
  const parts = readMultipart(body, headers['content-type'] ?? '') ?? []
  return parts.map(([name, data]) => [name, data.toString('utf8')])
}

function bodyOf({ body }: ReceivedRequest, wanted: WantedRequest): Json | undefined {
  if (body.length === 0) return undefined
  if (wanted.body.kind === 'text') return body.toString('utf8')
  if (wanted.body.kind !== 'json') return undefined
  try {
    return exactJson(body.toString('utf8'))
  } catch {
    return undefined
  }
}
