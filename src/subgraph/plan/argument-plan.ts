// An operation's parameters and body → GraphQL arguments.
import type { OperationDefinition, ParameterDefinition } from '../../definition/index.ts'
import type { ArgumentTarget } from '../artifact.ts'
import type { Findings } from './findings.ts'
import { allocateNames, compareText, keyPart, memberName, upperCamel } from './names.ts'
import { originOf, type Shape, type ValuePlan, withoutUpload } from './shape.ts'
import type { ShapeReader } from './shape-reader.ts'

export interface ArgumentPlan extends ValuePlan {
  readonly target: ArgumentTarget
}

/** Arguments that the API defines, in the document's order, the body last. `reserved` names are the hub's own. */
export function planArguments(
  operation: OperationDefinition,
  reserved: readonly string[],
  reader: ShapeReader,
  findings: Findings,
): readonly ArgumentPlan[] {
  const parameters = operation.parameters.flatMap(parameter => {
    if (parameter.constant !== undefined || reader.givers.ofParameter(parameter.schema) !== 'CALLER')
      return []
    const place = {
      name: upperCamel(operation.id) + upperCamel(parameter.name),
      key: `operation:${keyPart(operation.id)}/${keyOf(parameter)}`,
      origin: originOf(operation),
    }
    const shape = reader.input(parameter.schema, place)
    return [{ parameter, shape: parameter.in === 'form' ? shape : withoutUpload(shape) }]
  })
  const body = planBody(operation, reader, findings)
  const names = nameParameters(
    parameters.map(({ parameter }) => parameter),
    body ? [...reserved, body.name] : reserved,
  )
  const planned = parameters.map(({ parameter, shape }): ArgumentPlan => {
    const { in: location, name: wire, required, schema } = parameter
    const name = names.get(keyOf(parameter)) ?? memberName(wire)
    if (name !== wire) reportName(operation, parameter, name, findings)
    return {
      name,
      target: { to: 'parameter', in: location, name: wire },
      shape,
      required,
      schema: reader.describe(schema),
      literal: null,
    }
  })
  return body ? [...planned, body] : planned
}

function planBody(
  operation: OperationDefinition,
  reader: ShapeReader,
  findings: Findings,
): ArgumentPlan | null {
  const { body } = operation
  if (!body) return null
  const giver = reader.givers.ofBody(body.schema)
  if (giver === 'NOBODY' && body.required) reportUnfilled(operation, findings)
  if (giver !== 'CALLER') return null
  const place = {
    name: upperCamel(operation.id),
    key: `operation:${keyPart(operation.id)}/body`,
    origin: originOf(operation),
  }
  const shape = reader.input(body.schema, place)
  const described = reader.describe(body.schema)
  const schema = body.description === undefined ? described : { ...described, description: body.description }
  const required = body.required ? !isFilledIn(shape, reader) : isSentAnyway(operation) && asksFor(shape)
  return { name: 'input', target: { to: 'body' }, shape, required, schema, literal: null }
}

/** True where the hub gives part of the body and none of the rest is required. */
function isFilledIn(shape: Shape, { givers }: ShapeReader): boolean {
  if (shape.kind !== 'object') return false
  const { members, schema } = shape.type
  if (schema.type !== 'object') return false
  const filled = Object.keys(schema.properties).some(wire => givers.ofMember(schema, wire) === 'HUB')
  return filled && !members.some(({ required }) => required)
}

/** A webhook's body holds the callback, so that it is sent whether or not it must be, and then has to be whole. */
function isSentAnyway({ role }: OperationDefinition): boolean {
  return role.role === 'webhook' && role.callbackPaths.length > 0
}

function asksFor(shape: Shape): boolean {
  return shape.kind === 'object' && shape.type.members.some(({ required }) => required)
}

function reportUnfilled(operation: OperationDefinition, findings: Findings): void {
  findings.add({
    severity: 'WARNING',
    code: 'SCHEMA_SIMPLIFIED',
    message: `The body of ${operation.id} is required and everything in it is read only; the hub sends an empty object.`,
    ...originOf(operation),
  })
}

const locations: readonly ParameterDefinition['in'][] = ['path', 'query', 'header', 'form']

/** Where two want one name, the path's parameter keeps it and the other's gets its location in front. */
function nameParameters(
  parameters: readonly ParameterDefinition[],
  reserved: readonly string[],
): ReadonlyMap<string, string> {
  const ranked = [...parameters].sort(
    (a, b) =>
      Number(memberName(b.name) === b.name) - Number(memberName(a.name) === a.name) ||
      locations.indexOf(a.in) - locations.indexOf(b.in) ||
      compareText(a.name, b.name),
  )
  const taken = new Set(reserved)
  const wanted = ranked.map(parameter => {
    const name = memberName(parameter.name)
    if (taken.has(name)) return { key: keyOf(parameter), name: parameter.in + upperCamel(parameter.name) }
    taken.add(name)
    return { key: keyOf(parameter), name, exact: true }
  })
  return allocateNames([...reserved.map(name => ({ key: ` ${name}`, name, exact: true })), ...wanted], '_')
}

function keyOf(parameter: ParameterDefinition): string {
  return `${parameter.in}/${keyPart(parameter.name)}`
}

function reportName(
  operation: OperationDefinition,
  parameter: ParameterDefinition,
  name: string,
  findings: Findings,
): void {
  findings.add({
    severity: 'INFO',
    code: name === memberName(parameter.name) ? 'NAME_CHANGED' : 'NAME_DUPLICATE',
    message: `The ${parameter.in} parameter ${JSON.stringify(parameter.name)} of ${operation.id} is called ${name} in GraphQL.`,
    ...originOf(operation),
  })
}
