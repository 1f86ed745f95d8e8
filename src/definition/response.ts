// The success response of an operation → the schema of its body (connector-format §2.4), and its next link (§7).
import { isJson, isText, isXml } from './media-type.ts'
import { child, isObject, keysOf, type Node, text, textList, words } from './node.ts'
import { follow, otherDialect, type Reading } from './reading.ts'
import type { SchemaReader } from './schema.ts'
import type { Schema } from './schema-model.ts'

interface Context {
  readonly reading: Reading
  readonly schemas: SchemaReader
  readonly method: string
  /** operationId, for findings. */
  readonly operation: string
}

/** Schema of the success body, or null where success has none. */
export function readResponse(context: Context, node: Node): Schema | null {
  const { reading, method } = context
  if (method === 'head') return null
  const responses = child(node, 'responses')
  const chosen = successKeys(keysOf(responses)).map(key => ({
    key,
    response: follow(reading, child(responses, key)),
  }))
  // Nothing is declared: any 2xx may answer anything.
  if (chosen.length === 0) return { type: 'any' }
  for (const { response } of chosen) {
    const schema = bodyOf(context, node, response)
    if (schema !== null) return schema
  }
  return method === 'get' && chosen.some(({ key }) => key !== '204')
    ? undeclared(context, node, chosen[0]?.response)
    : null
}

/** 200, 201, 202, then the lowest other 2xx; `default` only where there is no success code. */
function successKeys(keys: readonly string[]): readonly string[] {
  const codes = keys.filter(key => /^2(\d\d|xx)$/i.test(key)).sort()
  const first = ['200', '201', '202'].filter(code => codes.includes(code))
  const others = codes.filter(code => !first.includes(code))
  if (codes.length > 0) return [...first, ...others]
  return keys.includes('default') ? ['default'] : []
}

function bodyOf(context: Context, operation: Node, response: Node): Schema | null {
  const { reading, schemas } = context
  const schema = child(response, 'schema')
  const content = child(response, 'content')
  const [own, other] = reading.dialect === 'swagger-2.0' ? [schema, content] : [content, schema]
  const isOwn = own.value !== undefined
  if (other.value !== undefined) {
    const part = `The ${other === schema ? 'schema' : 'content'} of a response`
    otherDialect(reading, part, !isOwn, { pointer: other.pointer, operation: context.operation })
  }
  const chosen = isOwn ? own : other
  if (chosen.value === undefined) return null
  return chosen === schema ? schemas.read(schema, 'root') : contentOf(context, operation, response, content)
}

function contentOf({ schemas }: Context, operation: Node, response: Node, content: Node): Schema | null {
  const types = keysOf(content)
  const mediaType = types.find(isJson) ?? types.find(type => type.startsWith('*/*')) ?? types[0]
  if (mediaType === undefined) return null
  const schema = child(child(content, mediaType), 'schema')
  if (isXml(mediaType)) return xmlOf(schemas, schema)
  if (isText(mediaType)) return { type: 'string' }
  if (isJson(mediaType) || mediaType.startsWith('*/*')) {
    return isObject(schema) ? schemas.read(schema, 'root') : { type: 'any' }
  }
  return { type: 'string', format: 'binary', ...description(operation, response) }
}

/** XML is read into what an object or a list describes, and is text otherwise. */
function xmlOf(schemas: SchemaReader, node: Node): Schema {
  const schema: Schema = isObject(node) ? schemas.read(node, 'root') : { type: 'any' }
  const { type } = schemas.resolve(schema)
  return type === 'object' || type === 'array' ? schema : { type: 'string' }
}

function description(operation: Node, response: Node): { description?: string } {
  const sentence = words(child(response, 'description')) ?? words(child(operation, 'summary'))
  return sentence === undefined ? {} : { description: sentence }
}

/** A GET without a response schema still answers something: what kind of thing, `produces` may tell. */
function undeclared({ reading }: Context, node: Node, response: Node | undefined): Schema | null {
  if (reading.dialect !== 'swagger-2.0') return null
  if (response !== undefined && child(response, 'schema').value !== undefined) return null
  const own = textList(child(node, 'produces'))
  const produces = own.length > 0 ? own : textList(child(reading.document, 'produces'))
  if (produces.length === 0 || produces.some(isJson)) return { type: 'any' }
  return produces.every(type => isText(type) || isXml(type))
    ? { type: 'string' }
    : { type: 'string', format: 'binary' }
}

/** Name of the next link's property, matched without case as packages misspell it; null where nothing is pageable. */
export function readNextLink(schemas: SchemaReader, node: Node, response: Schema | null): string | null {
  const declared = text(child(child(node, 'x-ms-pageable'), 'nextLinkName'))
  if (declared === undefined || declared.trim() === '') return null
  const body = response === null ? undefined : schemas.resolve(response)
  const names = body?.type === 'object' ? Object.keys(body.properties) : []
  if (names.includes(declared)) return declared
  return names.find(name => name.toLowerCase() === declared.trim().toLowerCase()) ?? declared.trim()
}
