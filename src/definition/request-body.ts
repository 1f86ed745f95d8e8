// The body an operation sends, and its content type: a body parameter or form fields in Swagger 2.0, `requestBody` in
// OpenAPI 3. Documents that mix the two are read, and told.
import { bodyContentType, formContentType, isForm, isJson, isText, isXml } from './media-type.ts'
import type { BodyDefinition, ParameterDefinition } from './model.ts'
import { child, flag, isObject, keysOf, members, type Node, present, textList, words } from './node.ts'
import { constant, givenMembers, type ParameterContext } from './parameter.ts'
import { follow, otherDialect } from './reading.ts'
import type { Schema } from './schema-model.ts'

export interface Request {
  /** Of a body: the form fields that it is made of. */
  readonly parameters: readonly ParameterDefinition[]
  readonly body: BodyDefinition | null
  readonly contentType: string | null
}

/** Reads the body of the operation at `node`, among whose parameters are a body, form fields, both or none. */
export function readBody(
  context: ParameterContext,
  node: Node,
  body: Node | undefined,
  form: readonly ParameterDefinition[],
): Request {
  const { reading, operation } = context
  const isSwagger = reading.dialect === 'swagger-2.0'
  const beside = child(node, 'requestBody')
  const among = body !== undefined || form.length > 0
  const isBeside = beside.value !== undefined && (!among || !isSwagger)
  if (isSwagger && beside.value !== undefined)
    otherDialect(reading, 'A requestBody', isBeside, { pointer: beside.pointer, operation })
  if (!isSwagger && among) {
    const { pointer } = body ?? node
    otherDialect(reading, 'A body or form field among the parameters', !isBeside, { pointer, operation })
  }
  return isBeside ? requestBody(context, node) : swaggerBody(context, node, body, form)
}

function swaggerBody(
  context: ParameterContext,
  node: Node,
  body: Node | undefined,
  form: readonly ParameterDefinition[],
): Request {
  const { reading, schemas, operation } = context
  const consumes = textList(child(node, 'consumes'))
  const rootConsumes = textList(child(reading.document, 'consumes'))
  if (form.length > 0) {
    if (body !== undefined) {
      reading.findings.warning('PARAMETER_INVALID', 'A body beside form fields was left out.', {
        pointer: body.pointer,
        operation,
      })
    }
    const hasFile = form.some(
      ({ schema }) => isBytes(schema) || (schema.type === 'array' && isBytes(schema.items)),
    )
    const listed = consumes.length > 0 ? consumes : rootConsumes
    return { parameters: form, body: null, contentType: formContentType(hasFile, listed) }
  }
  if (body === undefined) return { parameters: [], body: null, contentType: null }
  const inner = child(body, 'schema')
  const schema = schemas.read(isObject(inner) ? inner : body, 'root')
  const definition: BodyDefinition = {
    name: words(child(body, 'name')) ?? 'body',
    schema,
    required: flag(child(body, 'required')) === true,
    ...present({ description: words(child(body, 'description')) }),
  }
  const shape = isBytes(schema) ? 'bytes' : schemas.resolve(schema).type === 'string' ? 'text' : 'json'
  return { parameters: [], body: definition, contentType: bodyContentType(shape, consumes, rootConsumes) }
}

/** OpenAPI 3: JSON where it is offered, else a form as form parameters, else text, else bytes. */
function requestBody(context: ParameterContext, node: Node): Request {
  const { reading, schemas } = context
  const declared = follow(reading, child(node, 'requestBody'))
  const content = child(declared, 'content')
  const types = keysOf(content)
  const mediaType = types.find(isJson) ?? types.find(isForm) ?? types.find(isText) ?? types[0]
  if (mediaType === undefined) return { parameters: [], body: null, contentType: null }
  const media = child(content, mediaType)
  const required = flag(child(declared, 'required')) === true
  const description = words(child(declared, 'description'))
  const schemaNode = child(media, 'schema')
  if (isForm(mediaType)) {
    const parameters = formParameters(context, media, required)
    const hasFile = parameters.some(
      ({ schema }) => isBytes(schema) || (schema.type === 'array' && isBytes(schema.items)),
    )
    return { parameters, body: null, contentType: formContentType(hasFile, types) }
  }
  const raw: Schema =
    isText(mediaType) || isXml(mediaType) ? { type: 'string' } : { type: 'string', format: 'binary' }
  const schema = isJson(mediaType) || mediaType.includes('*/*') ? schemas.read(schemaNode, 'root') : raw
  const body = { name: 'body', schema, required, ...present({ description }) }
  return { parameters: [], body, contentType: mediaType.includes('*') ? 'application/json' : mediaType }
}

function formParameters(
  context: ParameterContext,
  media: Node,
  required: boolean,
): readonly ParameterDefinition[] {
  const { reading, schemas, operation } = context
  const node = follow(reading, child(media, 'schema'))
  const schema = schemas.resolve(schemas.read(node, 'root'))
  const fields = schema.type === 'object' ? givenMembers(schema.properties, schemas) : []
  if (schema.type !== 'object' || fields.length === 0) {
    reading.findings.warning('PARAMETER_INVALID', 'The form names no fields; none can be sent.', {
      pointer: media.pointer,
      operation,
    })
    return []
  }
  // Read again where they stand, as form fields: bytes are possible there. Inherited ones are as read above.
  const own = new Map(members(child(node, 'properties')))
  return fields.map(([name, inherited]): ParameterDefinition => {
    const property = own.get(name)
    const field = property === undefined ? inherited : schemas.read(property, 'form')
    const needed = required && schema.required.includes(name)
    const encoding = child(child(media, 'encoding'), name)
    const explode = flag(child(encoding, 'explode')) ?? true
    return {
      name,
      in: 'form',
      schema: field,
      required: needed,
      encoding: 'single',
      collectionFormat: explode ? 'multi' : 'csv',
      ...constant(field, needed),
    }
  })
}

function isBytes(schema: Schema): boolean {
  return schema.type === 'string' && schema.format === 'binary'
}
