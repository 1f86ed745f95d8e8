// The parameters and body of a received request by their declared names, for the judge.
import type { DeclaredOperation } from './declared-operation.ts'
import type { TextFields } from './form-members.ts'
import {
  exactJson,
  type ReceivedRequest,
  readForm,
  readMultipart,
  readParts,
  readPath,
  readQuery,
} from './received-request.ts'
import type { DecodedBody, DecodedRequest } from './schema-check.ts'
import { isListOfBytes } from './wanted-body.ts'
import type { WantedRequest } from './wanted-request.ts'

export function decodedRequest(
  received: ReceivedRequest,
  operation: DeclaredOperation,
  wanted: WantedRequest,
): DecodedRequest {
  const query = readQuery(received)
  const form = formOf(received, wanted)
  const filesOf = new Set(operation.parameters.filter(isListOfBytes).map(({ name }) => name))
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
      return texts.length === 0 ? undefined : list(texts, isList, filesOf.has(name) ? 'multi' : format)
    }),
    body: bodyOf(received, wanted, form),
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

function formOf({ body, headers }: ReceivedRequest, wanted: WantedRequest): TextFields {
  if (wanted.body.kind === 'form') return readForm(body)
  if (wanted.body.kind !== 'multipart') return []
  const parts = readMultipart(body, headers['content-type'] ?? '') ?? []
  return parts.map(([name, data]) => [name, data.toString('utf8')])
}

function bodyOf(
  { body }: ReceivedRequest,
  { body: { kind } }: WantedRequest,
  fields: TextFields,
): DecodedBody | undefined {
  if (kind === 'form' || kind === 'multipart') return { kind: 'fields', fields }
  if (body.length === 0) return undefined
  if (kind === 'text') return { kind: 'value', value: body.toString('utf8') }
  if (kind !== 'json') return undefined
  try {
    return { kind: 'value', value: exactJson(body.toString('utf8')) }
  } catch {
    return undefined
  }
}
