// What an operation sends: parameters of path item and operation merged, the body, and its content type.
import { quoted } from './findings.ts'
import { bodyContentType, formContentType, isForm, isJson, isText, isXml } from './media-type.ts'
import type { BodyDefinition, ParameterDefinition, Schema } from './model.ts'
import {
  child,
  elements,
  flag,
  isObject,
  keysOf,
  members,
  type Node,
  present,
  textList,
  words,
} from './node.ts'
import { constant, givenMembers, type ParameterContext, readParameter } from './parameter.ts'
import { follow } from './reading.ts'

export interface Request {
  readonly parameters: readonly ParameterDefinition[]
  readonly body: BodyDefinition | null
  readonly contentType: string | null
}

/** Reads the request of the operation at `node`, whose path item is `item` and whose template is `path`. */
export function readRequest(context: ParameterContext, path: string, item: Node, node: Node): Request {
  const { reading } = context
  const declaredAt = (home: Node) =>
    elements(child(home, 'parameters'))
      .map(parameter => follow(reading, parameter))
      .filter(isObject)
  const isBody = (parameter: Node) => words(child(parameter, 'in'))?.toLowerCase() === 'body'
  const declared = [...declaredAt(item), ...declaredAt(node)]
  const read = (home: Node) =>
    declaredAt(home)
      .filter(parameter => !isBody(parameter))
      .flatMap(parameter => readParameter(context, parameter))
  // An operation's parameter replaces the path item's of the same name and place.
  const merged = lastOfEach([...read(item), ...warnOfTwins(context, node, read(node))])
  const parameters = inTemplate(context, path, merged, node)
  const content =
    reading.dialect === 'swagger-2.0'
      ? swaggerBody(context, node, declared.filter(isBody).at(-1), parameters)
      : requestBody(context, node)
  return { ...content, parameters: [...parameters, ...content.parameters] }
}

function lastOfEach(parameters: readonly ParameterDefinition[]): readonly ParameterDefinition[] {
  return [...new Map(parameters.map(each => [`${each.in} ${each.name}`, each])).values()]
}

function warnOfTwins(
  { reading, operation }: ParameterContext,
  node: Node,
  parameters: readonly ParameterDefinition[],
): readonly ParameterDefinition[] {
  const distinct = lastOfEach(parameters)
  if (distinct.length < parameters.length) {
    reading.findings.warning('PARAMETER_INVALID', 'A parameter is declared twice; the last one counts.', {
      pointer: node.pointer,
      operation,
    })
  }
  return distinct
}

/** Path parameters are the tokens of the template: missing ones are added, superfluous ones left out. */
function inTemplate(
  { reading, operation }: ParameterContext,
  path: string,
  parameters: readonly ParameterDefinition[],
  node: Node,
): readonly ParameterDefinition[] {
  const tokens = new Set([...path.matchAll(/\{([^{}]+)\}/g)].map(match => match[1] ?? ''))
  const place = { pointer: node.pointer, operation }
  const invalid = (message: string) => reading.findings.warning('PARAMETER_INVALID', message, place)
  const missing = new Set(tokens)
  for (const { in: location, name } of parameters) if (location === 'path') missing.delete(name)
  const kept = parameters.flatMap(parameter => {
    if (parameter.in !== 'path' || tokens.has(parameter.name)) return [parameter]
    const token = [...missing].find(each => each.trim().toLowerCase() === parameter.name.trim().toLowerCase())
    if (token === undefined) {
      invalid(`The path has no {${parameter.name.slice(0, 80)}}; the parameter was left out.`)
      return []
    }
    missing.delete(token)
    invalid(`The parameter ${quoted(parameter.name)} is {${token.slice(0, 80)}} in the path.`)
    return [{ ...parameter, name: token }]
  })
  const added = [...missing].map((name): ParameterDefinition => {
    invalid(`The path's {${name.slice(0, 80)}} is not declared; it is taken as a required string.`)
    return {
      name,
      in: 'path',
      schema: { type: 'string' },
      required: true,
      encoding: 'single',
      collectionFormat: 'csv',
    }
  })
  return [...kept, ...added]
}

function swaggerBody(
  context: ParameterContext,
  node: Node,
  body: Node | undefined,
  parameters: readonly ParameterDefinition[],
): Request {
  const { reading, schemas, operation } = context
  const consumes = textList(child(node, 'consumes'))
  const rootConsumes = textList(child(reading.document, 'consumes'))
  const form = parameters.filter(parameter => parameter.in === 'form')
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
    return { parameters: [], body: null, contentType: formContentType(hasFile, listed) }
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
