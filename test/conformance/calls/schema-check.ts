// The independent judge of a request: Ajv (draft 4, from which Swagger 2.0's schemas come) over the package's own schemas.
// https://swagger.io/specification/v2/#schema-object
import draft4, { type ValidateFunction } from 'ajv-draft-04'
import formats from 'ajv-formats'
import { isJsonObject, type Json, type JsonObject } from '../../../src/json.ts'
import type { DeclaredOperation } from './declared-operation.ts'
import { formMembers, type TextFields } from './form-members.ts'
import { listOf, member } from './package-text.ts'
import { ofType } from './schema-reading.ts'

/** Values as a server decodes them; bytes are left out, since a schema says nothing of them. */
export interface DecodedRequest {
  readonly path: Readonly<Record<string, unknown>>
  readonly query: Readonly<Record<string, unknown>>
  readonly header: Readonly<Record<string, unknown>>
  readonly formData: Readonly<Record<string, unknown>>
  readonly body: DecodedBody | undefined
}

/** A form that stands for an object has text for members. */
export type DecodedBody =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'fields'; readonly fields: TextFields }

export interface SchemaJudge {
  /** Sentences that say what is invalid; empty for a valid request. Throws for a schema that is none. */
  judge(operation: DeclaredOperation, request: DecodedRequest): readonly string[]
}

const keywords = [
  'type',
  'format',
  'enum',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
] as const
const formatNames = ['date-time', 'date', 'uuid', 'email', 'uri', 'byte', 'int32'] as const
const places = ['path', 'query', 'header', 'formData'] as const

export function createJudge(document: JsonObject): SchemaJudge {
  // Each validator is used twice: making it better costs more than it saves.
  const code = { optimize: false } as const
  const options = { strict: false, logger: false, allErrors: true, verbose: true, code } as const
  // Everything but a body comes as text, so that a type is what the text can be read as.
  const ofText = formats.default(new draft4.default({ ...options, coerceTypes: true }), [...formatNames])
  const ofJson = formats.default(new draft4.default(options), [...formatNames])
  const definitions = Object.entries(member(document, 'definitions')).map(([name, schema]) => [
    name,
    schemaOnly(schema),
  ])
  for (const ajv of [ofText, ofJson])
    ajv.addSchema({ definitions: Object.fromEntries(definitions) }, 'document', true, false)
  const validators = new Map<string, ValidateFunction>()

  function validator(
    ajv: InstanceType<typeof draft4.default>,
    key: string,
    schema: () => JsonObject,
  ): ValidateFunction {
    const known = validators.get(key)
    if (known) return known
    const made = ajv.compile(schema())
    validators.set(key, made)
    return made
  }

  return {
    judge(operation, request) {
      const declaredPlaces = places.filter(place => operation.parameters.some(each => each.in === place))
      const faults = declaredPlaces.flatMap(place => {
        const schema = () => placeSchema(operation, place)
        const check = validator(ofText, `${operation.id} ${place}`, schema)
        // Coercion writes into what is checked.
        return check({ ...request[place] }) ? [] : sentences(place, check)
      })
      if (!operation.body || request.body === undefined) return faults
      const { schema } = operation.body
      const { body } = request
      const isForm = body.kind === 'fields'
      const check = validator(isForm ? ofText : ofJson, `${operation.id} body ${body.kind}`, () =>
        schemaOnly(schema),
      )
      const value = isForm ? formMembers(document, schema, body.fields) : body.value
      return check(plain(value)) ? faults : [...faults, ...sentences('body', check)]
    },
  }
}

function placeSchema(operation: DeclaredOperation, place: (typeof places)[number]): JsonObject {
  const declared = operation.parameters.filter(each => each.in === place && each.schema.type !== 'file')
  const wire = (name: string) => (place === 'header' ? name.trim().toLowerCase() : name.trim())
  const required = declared.filter(each => each.required).map(({ name }) => wire(name))
  return {
    type: 'object',
    properties: Object.fromEntries(declared.map(each => [wire(each.name), schemaOnly(each.schema)])),
    ...(required.length > 0 ? { required: [...new Set(required)] } : {}),
  }
}

/** The keywords of JSON Schema that Swagger 2.0 has, where they are what they must be. */
function schemaOnly(node: Json | undefined): JsonObject {
  if (!isJsonObject(node)) return {}
  const { $ref: reference } = node
  if (typeof reference === 'string') return { $ref: reference.replace(/^#/, 'document#') }
  const schema: Record<string, Json> = {}
  for (const keyword of keywords) if (node[keyword] !== undefined) schema[keyword] = node[keyword]
  // Formats of another type mean nothing (§2.4).
  if (node.format === 'int32' && node.type !== 'integer') delete schema.format
  if (node.type === 'file' || node.type === 'null') delete schema.type
  // Members of a wrong type are meant as the right one, and doubled ones once (connector-format §11).
  const allowed = listOf(node.enum).map(value => ofType(value, node))
  if (allowed.length > 0) schema.enum = [...new Set(allowed)]
  if (node.maximum === undefined) delete schema.exclusiveMaximum
  if (node.minimum === undefined) delete schema.exclusiveMinimum
  if (node.readOnly === true) schema.readOnly = true
  if (isJsonObject(node.properties)) schema.properties = each(node.properties)
  if (node.items !== undefined) schema.items = schemaOnly(node.items)
  if (isJsonObject(node.additionalProperties))
    schema.additionalProperties = schemaOnly(node.additionalProperties)
  else if (node.additionalProperties === false) schema.additionalProperties = false
  const required = listOf(node.required)
  if (required.length > 0) schema.required = [...new Set(required)]
  const allOf = listOf(node.allOf)
  if (allOf.length > 0) schema.allOf = allOf.map(schemaOnly)
  return schema
}

function each(properties: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, schemaOnly(schema)]))
}

/** Ajv knows no bigint; what an integer is does not depend on its size. */
function plain(value: Json): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(plain)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]))
}

/** What is read only is not to be sent, even where it is required (Swagger 2.0, `readOnly`). */
function sentences(place: string, { errors }: ValidateFunction): readonly string[] {
  return (errors ?? []).flatMap(error => {
    const { keyword, params, parentSchema, instancePath, message } = error
    if (keyword === 'required') {
      const missing = parentSchema?.properties?.[params.missingProperty]
      if (missing?.readOnly === true) return []
    }
    return [`${place}${instancePath} ${keyword}: ${message}`]
  })
}
