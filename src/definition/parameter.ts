// One parameter object, Swagger 2.0 or OpenAPI 3 → the parameters it puts on the wire. Usually one; an OpenAPI 3
// object in the query is one for each of its members.
import { quoted } from './findings.ts'
import { isJson } from './media-type.ts'
import type { CollectionFormat, ParameterDefinition } from './model.ts'
import { child, firstChild, flag, members, type Node, text, words } from './node.ts'
import type { OperationNames } from './operation-names.ts'
import type { Reading } from './reading.ts'
import type { SchemaReader } from './schema.ts'
import { display } from './schema-display.ts'
import type { Schema } from './schema-model.ts'

export interface ParameterContext {
  readonly reading: Reading
  readonly names: OperationNames
  readonly schemas: SchemaReader
  /** operationId, for findings. */
  readonly operation: string
}

type Location = 'path' | 'query' | 'header' | 'form'

/** RFC 9110 §5.1: what a header may be called. */
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** Reads any parameter but `in: body`. None where it cannot be sent. */
export function readParameter(context: ParameterContext, node: Node): readonly ParameterDefinition[] {
  const { findings, dialect } = context.reading
  const place = { pointer: node.pointer, operation: context.operation }
  const declared = text(child(node, 'name')) ?? ''
  const location = locationOf(words(child(node, 'in'))?.toLowerCase())
  if (location === undefined) {
    findings.warning(
      'PARAMETER_INVALID',
      `The parameter ${quoted(declared)} is neither in path, query, header nor form and was left out.`,
      place,
    )
    return []
  }
  // Edge spaces never reach the wire in a query or a header (connector-format §11); a path token is verbatim.
  const name = location === 'path' || location === 'form' ? declared : declared.trim()
  if (name === '' || (location === 'header' && !headerName.test(name))) {
    findings.warning(
      'PARAMETER_INVALID',
      `${quoted(declared)} is no name for a ${location} parameter; it was left out.`,
      place,
    )
    return []
  }
  // OpenAPI 3.0.3, "Parameter Object": definitions of these three are to be ignored.
  if (
    dialect !== 'swagger-2.0' &&
    location === 'header' &&
    /^(accept|content-type|authorization)$/i.test(name)
  )
    return []
  const declaredSchema = parameterSchema(context, node, location)
  const schema = location === 'header' ? withoutEdges(declaredSchema) : declaredSchema
  const required = location === 'path' || flag(child(node, 'required')) === true
  const parameter: ParameterDefinition = {
    name,
    in: location,
    schema,
    required,
    encoding: pathEncoding(location, node),
    collectionFormat: collectionFormat(context, location, node),
    ...constant(schema, required),
  }
  return dialect === 'swagger-2.0' || location !== 'query' ? [parameter] : spread(context, parameter, node)
}

function locationOf(word: string | undefined): Location | undefined {
  if (word === 'formdata') return 'form'
  return word === 'path' || word === 'query' || word === 'header' ? word : undefined
}

function parameterSchema(context: ParameterContext, node: Node, location: Location): Schema {
  const { reading, names, schemas } = context
  const position = location === 'form' ? 'form' : 'inner'
  const content = members(child(node, 'content'))[0]
  if (content !== undefined) {
    const own = display(reading, names, node)
    if (isJson(content[0])) {
      const message = `The value is ${content[0]}; it is taken and sent as text.`
      reading.findings.info('SCHEMA_SIMPLIFIED', message, {
        pointer: node.pointer,
        operation: context.operation,
      })
      return { type: 'string', ...own }
    }
    return { ...schemas.read(child(content[1], 'schema'), position), ...own }
  }
  const inner = child(node, 'schema')
  if (inner.value === undefined) return schemas.read(node, position)
  return { ...schemas.read(inner, position), ...display(reading, names, node) }
}

/** Internal, required and with a default: sent as is, asked of nobody. Optional internals are not sent (§2.2). */
export function constant(schema: Schema, required: boolean): Pick<ParameterDefinition, 'constant'> {
  return schema.visibility === 'internal' && required && schema.default !== undefined
    ? { constant: schema.default }
    : {}
}

/** White space at the edges of a header's value says nothing (RFC 9110 §5.5); a pasted line break could not be sent. */
function withoutEdges(schema: Schema): Schema {
  return typeof schema.default === 'string' ? { ...schema, default: schema.default.trim() } : schema
}

function pathEncoding(location: Location, node: Node): ParameterDefinition['encoding'] {
  if (location !== 'path') return 'single'
  if (flag(child(node, 'x-ms-skip-url-encoding')) === true) return 'raw'
  return words(child(node, 'x-ms-url-encoding'))?.toLowerCase() === 'double' ? 'double' : 'single'
}

const styles: Readonly<Record<string, CollectionFormat>> = {
  spacedelimited: 'ssv',
  pipedelimited: 'pipes',
  simple: 'csv',
}

/** Swagger's default is csv; OpenAPI 3's is `form` with explode, which repeats the name, in queries and forms. */
function collectionFormat(context: ParameterContext, location: Location, node: Node): CollectionFormat {
  const { reading } = context
  if (reading.dialect === 'swagger-2.0') {
    const format = words(firstChild(node, 'collectionFormat'))?.toLowerCase()
    const multi = location === 'query' || location === 'form'
    if (format === 'multi') return multi ? 'multi' : 'csv'
    return format === 'ssv' || format === 'tsv' || format === 'pipes' ? format : 'csv'
  }
  const style = words(child(node, 'style'))?.toLowerCase() ?? (location === 'query' ? 'form' : 'simple')
  if (style === 'matrix' || style === 'label') {
    reading.findings.warning(
      'PARAMETER_INVALID',
      `Style ${style} is not supported; the plain value is sent.`,
      {
        pointer: node.pointer,
        operation: context.operation,
      },
    )
  }
  if (location === 'path' || location === 'header') return 'csv'
  if (flag(child(node, 'explode')) ?? style === 'form') return 'multi'
  return Object.hasOwn(styles, style) ? (styles[style] ?? 'csv') : 'csv'
}

/** deepObject: `name[member]` for each member; form with explode: each member under its own name. */
function spread(
  context: ParameterContext,
  parameter: ParameterDefinition,
  node: Node,
): readonly ParameterDefinition[] {
  const { schemas, reading } = context
  const object = schemas.resolve(parameter.schema)
  if (object.type !== 'object') return [parameter]
  const deep = words(child(node, 'style'))?.toLowerCase() === 'deepobject'
  const explode = flag(child(node, 'explode')) ?? true
  const inner = givenMembers(object.properties, schemas)
  const place = { pointer: node.pointer, operation: context.operation }
  if (inner.length === 0 || !(deep || explode)) {
    reading.findings.warning(
      'PARAMETER_INVALID',
      `The object ${quoted(parameter.name)} cannot be spread over the query and is taken as text.`,
      place,
    )
    return [{ ...parameter, schema: { type: 'string' } }]
  }
  return inner.map(([name, schema]) => ({
    ...parameter,
    name: deep ? `${parameter.name}[${name}]` : name,
    schema: ['object', 'any'].includes(schemas.resolve(schema).type) ? { type: 'string' as const } : schema,
    required: parameter.required && object.required.includes(name),
    collectionFormat: 'multi' as const,
  }))
}

/** Members that a request may carry: not the read-only ones (OpenAPI 3.0.3, "Schema Object"). */
export function givenMembers(
  properties: Readonly<Record<string, Schema>>,
  schemas: SchemaReader,
): readonly (readonly [string, Schema])[] {
  return Object.entries(properties).filter(
    ([, schema]) => !schema.readOnly && !schemas.resolve(schema).readOnly,
  )
}
