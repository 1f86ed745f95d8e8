// Bodies: arguments become JSON, form, multipart, text or bytes (connector-format §2.2), and those become octets.
import { FormData, Response } from 'undici'
import type { ConnectorDefinition, OperationDefinition } from '../../definition/index.ts'
import { isJsonObject, type Json, printJson } from '../../json.ts'
import type { WireArguments } from '../invocation.ts'
import { argumentValue, invalidArgument, textOf } from './argument-values.ts'
import { readBinary } from './base64.ts'
import { fillDefaults, missingMember, resolveSchema } from './body-defaults.ts'
import { formatted } from './query.ts'

interface FormFile {
  readonly data: Uint8Array<ArrayBuffer>
  readonly contentType: string
  readonly fileName: string
}

type TextField = readonly [string, string]
type Field = readonly [string, string | FormFile]

export type DraftBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: Json; readonly contentType: string }
  | { readonly kind: 'text'; readonly text: string; readonly contentType: string }
  | { readonly kind: 'bytes'; readonly data: Uint8Array; readonly contentType: string }
  | { readonly kind: 'form'; readonly fields: readonly TextField[] }
  | { readonly kind: 'multipart'; readonly fields: readonly Field[] }

const none = { kind: 'none' } as const
const multipartType = /^multipart\/|^application\/form-data/i
const urlencodedType = /^application\/x-www-form-urlencoded/i
const jsonType = /^(application|text)\/([^;]*\+)?json/i

/** The body that the arguments make. Throws ARGUMENT_INVALID. */
export function draftBody(
  definition: ConnectorDefinition,
  operation: OperationDefinition,
  given: WireArguments,
): DraftBody {
  if (operation.parameters.some(parameter => parameter.in === 'form')) return formBody(operation, given)
  if (!operation.body) return none
  const { name, required, schema } = operation.body
  const value =
    given.body === undefined || (given.body === null && !required)
      ? missingMember(schema, definition.schemas, new Set())
      : given.body
  if (value === undefined) {
    if (!required) return none
    if (resolveSchema(schema, definition.schemas).type !== 'object')
      throw invalidArgument(name, 'is the body of the request and is required; give a value')
  }
  const filled = fillDefaults(value === undefined ? {} : value, schema, definition.schemas)
  const target = resolveSchema(schema, definition.schemas)
  const contentType = operation.contentType ?? 'application/json'
  if (target.type === 'string' && target.format === 'binary') return bytesBody(name, filled, contentType)
  if (urlencodedType.test(contentType)) return { kind: 'form', fields: objectFields(name, filled) }
  if (multipartType.test(contentType)) return { kind: 'multipart', fields: objectFields(name, filled) }
  if (jsonType.test(contentType)) return { kind: 'json', value: filled, contentType }
  if (typeof filled === 'string') return { kind: 'text', text: filled, contentType }
  if (isJsonObject(filled) && '$content' in filled) return bytesBody(name, filled, contentType)
  throw invalidArgument(name, `must be text, because the API takes ${contentType}`)
}

function formBody(operation: OperationDefinition, given: WireArguments): DraftBody {
  const fields: Field[] = operation.parameters
    .filter(parameter => parameter.in === 'form')
    .flatMap((parameter): Field[] => {
      const argument = argumentValue(parameter, given.parameters.form)
      if (!argument) return []
      const { name, schema, collectionFormat } = parameter
      if (schema.type === 'string' && schema.format === 'binary') return [[name, file(name, argument.value)]]
      return formatted(name, argument.value, collectionFormat, text => text).map(
        text => [name, text] as const,
      )
    })
  const texts = fields.flatMap(([name, value]): TextField[] =>
    typeof value === 'string' ? [[name, value]] : [],
  )
  const multipart = texts.length < fields.length || multipartType.test(operation.contentType ?? '')
  if (multipart) return { kind: 'multipart', fields }
  return fields.length === 0 && operation.contentType === null ? none : { kind: 'form', fields: texts }
}

function file(name: string, value: Json): FormFile {
  const { data, contentType, fileName } = readBinary(name, value)
  return { data, contentType: contentType ?? 'application/octet-stream', fileName: fileName ?? name }
}

function bytesBody(name: string, value: Json, declared: string): DraftBody {
  const { data, contentType } = readBinary(name, value)
  // JSON and multipart cannot be the type of raw bytes, whatever the document lists first.
  const fallback =
    jsonType.test(declared) || multipartType.test(declared) ? 'application/octet-stream' : declared
  return { kind: 'bytes', data, contentType: contentType ?? fallback }
}

function objectFields(name: string, value: Json): TextField[] {
  if (!isJsonObject(value)) throw invalidArgument(name, 'must be an object, because the API takes a form')
  return Object.entries(value).flatMap(([field, member]): TextField[] =>
    member === null
      ? []
      : Array.isArray(member)
        ? member.map(element => [field, textOf(element)])
        : [[field, textOf(member)]],
  )
}

export interface EncodedBody {
  readonly payload: string | Uint8Array | null
  /** Null where there is no body. */
  readonly contentType: string | null
  /** The type carries a boundary, so no header parameter may replace it. */
  readonly fixedType: boolean
}

/** The octets to send, whole, so that a retry sends the same. */
export async function encodeBody(body: DraftBody): Promise<EncodedBody> {
  switch (body.kind) {
    case 'none':
      return { payload: null, contentType: null, fixedType: false }
    case 'json':
      return { payload: printJson(body.value), contentType: body.contentType, fixedType: false }
    case 'text':
      return { payload: body.text, contentType: body.contentType, fixedType: false }
    case 'bytes':
      return { payload: body.data, contentType: body.contentType, fixedType: false }
    case 'form':
      return {
        payload: new URLSearchParams(body.fields.map(([name, value]) => [name, value])).toString(),
        contentType: 'application/x-www-form-urlencoded',
        fixedType: false,
      }
    case 'multipart':
      return multipart(body.fields)
  }
}

async function multipart(fields: readonly Field[]): Promise<EncodedBody> {
  const form = new FormData()
  for (const [name, value] of fields)
    if (typeof value === 'string') form.append(name, value)
    else form.append(name, new Blob([value.data], { type: value.contentType }), value.fileName)
  const encoded = new Response(form)
  return {
    payload: new Uint8Array(await encoded.arrayBuffer()),
    contentType: encoded.headers.get('content-type'),
    fixedType: true,
  }
}
