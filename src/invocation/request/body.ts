// Bodies: arguments become JSON, form, multipart, text or bytes (connector-format §2.2).
import type {
  BodyDefinition,
  ConnectorDefinition,
  OperationDefinition,
  Schema,
} from '../../definition/index.ts'
import { isJsonObject, type Json } from '../../json.ts'
import type { Invocation, WireArguments } from '../invocation.ts'
import { argumentValue, invalidArgument } from './argument-values.ts'
import { readBinary, withBytesAsText } from './base64.ts'
import { fillDefaults, isComplete, missingMember, resolveSchema } from './body-defaults.ts'
import { isJsonType, isMultipartType, isUrlencodedType } from './content-type.ts'
import type { Field, FormFile, TextField } from './multipart.ts'
import type { RequestPlan } from './plan.ts'
import { formatted } from './query.ts'

export type DraftBody =
  | { readonly kind: 'none' }
  /** A form, too, until it is sent: policies may change its members. */
  | { readonly kind: 'json'; readonly value: Json; readonly contentType: string }
  | { readonly kind: 'text'; readonly text: string; readonly contentType: string }
  | { readonly kind: 'bytes'; readonly data: Uint8Array; readonly contentType: string }
  | { readonly kind: 'form'; readonly fields: readonly TextField[] }
  | { readonly kind: 'multipart'; readonly fields: readonly Field[] }

const none = { kind: 'none' } as const

/** The body that the arguments make. Throws ARGUMENT_INVALID. */
export function draftBody(
  { definition, operation, arguments: given }: Invocation,
  { form }: Pick<RequestPlan, 'form'>,
): DraftBody {
  if (form.length > 0) return formBody(definition, operation, form, given)
  if (!operation.body) return none
  const { name, required, schema } = operation.body
  const isGiven = given.body !== undefined && (given.body !== null || required)
  const value = isGiven ? given.body : bodyOfDefaults(operation.body, definition.schemas)
  if (value === undefined) {
    if (!required) return none
    if (resolveSchema(schema, definition.schemas).type !== 'object')
      throw invalidArgument(name, 'is the body of the request and is required; give a value')
  }
  const filled = fillDefaults(value === undefined ? {} : value, schema, definition.schemas)
  const contentType = operation.contentType ?? 'application/json'
  return isBinary(resolveSchema(schema, definition.schemas))
    ? bytesBody(name, filled, contentType)
    : valueBody(name, withBytesAsText(filled, schema, definition.schemas), contentType)
}

function valueBody(name: string, value: Json, contentType: string): DraftBody {
  const form = isUrlencodedType(contentType) || isMultipartType(contentType)
  if (form && !isJsonObject(value))
    throw invalidArgument(name, 'must be an object, because the API takes a form')
  if (form || isJsonType(contentType)) return { kind: 'json', value, contentType }
  if (typeof value === 'string') return { kind: 'text', text: value, contentType }
  if (isJsonObject(value) && '$content' in value) return bytesBody(name, value, contentType)
  throw invalidArgument(name, `must be text, because the API takes ${contentType}`)
}

/** An optional body of which defaults are only a part is left out: the API would refuse what lacks the rest. */
function bodyOfDefaults(
  { schema, required }: BodyDefinition,
  schemas: ConnectorDefinition['schemas'],
): Json | undefined {
  const defaults = missingMember(schema, schemas, new Set())
  return required || defaults === undefined || isComplete(defaults, schema, schemas) ? defaults : undefined
}

function formBody(
  { schemas }: ConnectorDefinition,
  operation: OperationDefinition,
  parameters: RequestPlan['form'],
  given: WireArguments,
): DraftBody {
  const fields: Field[] = parameters.flatMap((parameter): Field[] => {
    const argument = argumentValue(parameter, given.parameters.form)
    if (!argument) return []
    const { name, collectionFormat } = parameter
    const schema = resolveSchema(parameter.schema, schemas)
    if (isBinary(schema)) return [[name, file(name, argument.value)]]
    if (schema.type === 'array' && isBinary(resolveSchema(schema.items, schemas)))
      return [argument.value].flat().map(each => [name, file(name, each)])
    const value = withBytesAsText(argument.value, schema, schemas)
    return formatted(name, value, collectionFormat, text => text).map(text => [name, text] as const)
  })
  const texts = fields.flatMap(([name, value]): TextField[] =>
    typeof value === 'string' ? [[name, value]] : [],
  )
  const multipart = texts.length < fields.length || isMultipartType(operation.contentType ?? '')
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
  const fallback = isJsonType(declared) || isMultipartType(declared) ? 'application/octet-stream' : declared
  return { kind: 'bytes', data, contentType: contentType ?? fallback }
}

function isBinary(schema: Schema): boolean {
  return schema.type === 'string' && schema.format === 'binary'
}
