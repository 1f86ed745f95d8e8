// The arguments of one call: everything that can be given, or only what must be.
import type { Json, JsonObject } from '../../../src/json.ts'
import type { DeclaredOperation, DeclaredParameter } from './declared-operation.ts'
import { type Drawing, drawValue, isEmpty, valuesOfAll } from './draw-value.ts'
import { hostileText, type Place } from './hostile-text.ts'
import { bodyKind, formKind, usualType } from './media-types.ts'
import { defaultOf, merged } from './schema-reading.ts'
import type { Chance } from './seeded.ts'
import { isBytes, isListOfBytes } from './wanted-body.ts'
import { type DrawnArguments, keyOf } from './wanted-request.ts'

export interface ArgumentDrawing {
  readonly document: JsonObject
  readonly chance: Chance
  readonly extent: 'all' | 'required'
  /** Lower-case names of parameters that policies make hosts and paths of: no text for tricks. */
  readonly plainNames: ReadonlySet<string>
}

const places = { path: 'path', query: 'query', header: 'header', formData: 'body' } as const

export function drawArguments(drawing: ArgumentDrawing, operation: DeclaredOperation): DrawnArguments {
  const parameters = operation.parameters.flatMap(parameter => {
    const value = isGiven(drawing, parameter) ? drawParameter(drawing, operation, parameter) : undefined
    return value === undefined ? [] : [[keyOf(parameter), value] as const]
  })
  return { parameters: new Map(parameters), body: drawBody(drawing, operation) }
}

function isGiven({ extent }: ArgumentDrawing, { constant, required, schema }: DeclaredParameter): boolean {
  if (constant !== undefined) return false
  if (extent === 'all') return true
  return required && defaultOf(schema) === undefined
}

function drawParameter(
  drawing: ArgumentDrawing,
  operation: DeclaredOperation,
  parameter: DeclaredParameter,
): Json | undefined {
  const { name, schema } = parameter
  const folded = name.trim().toLowerCase()
  if (isBytes(parameter)) return drawBytes(drawing.chance)
  if (isListOfBytes(parameter))
    return Array.from({ length: drawing.extent === 'all' ? 2 : 1 }, () => drawBytes(drawing.chance))
  if (parameter.in === 'header' && schema.enum === undefined) {
    if (folded === 'content-type') return contentType(drawing.document, operation, parameter)
    if (folded === 'accept') return 'application/json'
  }
  const isList = schema.type === 'array'
  return drawValue(
    {
      ...drawing,
      place: drawing.plainNames.has(folded) ? 'name' : placeOf(parameter),
      direction: 'request',
      budget: { left: valuesOfAll },
      // Only a query's elements are encoded one by one, so that a separator inside one stays data.
      ...(isList && parameter.in !== 'query' ? { without: ',' } : {}),
    },
    schema,
    1,
  )
}

/** What is said to be the body's type decides what it becomes, so that only what the author says is said. */
function contentType(
  document: JsonObject,
  { body, consumes, parameters }: DeclaredOperation,
  { schema }: DeclaredParameter,
): string {
  const usual = defaultOf(schema)
  if (usual !== undefined) return String(usual).trim()
  if (body) return usualType(bodyKind(merged(document, body.schema), consumes), consumes)
  if (!parameters.some(each => each.in === 'formData')) return usualType('json', consumes)
  const hasFile = parameters.some(each => isBytes(each) || isListOfBytes(each))
  return usualType(formKind(hasFile, consumes), consumes)
}

function placeOf(parameter: DeclaredParameter): Place {
  return parameter.encodings === 0 ? 'raw path' : places[parameter.in]
}

function drawBytes(chance: Chance): string {
  return Buffer.from(Array.from({ length: 1 + chance.below(40) }, () => chance.below(256))).toString('base64')
}

function drawBody(drawing: ArgumentDrawing, { body, consumes }: DeclaredOperation): Json | undefined {
  if (!body || (drawing.extent === 'required' && !body.required)) return undefined
  const schema = merged(drawing.document, body.schema)
  const kind = bodyKind(schema, consumes)
  if (kind === 'bytes') return drawBytes(drawing.chance)
  if (kind === 'text') return hostileText(drawing.chance, 'body', { least: 1, most: 60 })
  const values: Drawing = { ...drawing, place: 'body', direction: 'request', budget: { left: valuesOfAll } }
  const value = drawValue(values, body.schema)
  // All of it may be read only.
  return isEmpty(value) && !body.required && schema.properties !== undefined ? undefined : value
}
