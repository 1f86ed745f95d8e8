// The document that is given to the type loader. It says what the plan says and nothing else: the loader reads titles,
// examples, formats and some property names as instructions, opens files that `$ref` and `example` name, and fails on
// defaults that do not fit. So nothing here comes from the API's own document but through the plan.
import type { ConnectorPlan } from '../plan/connector-plan.ts'
import type { OperationPlan } from '../plan/operation-plan.ts'
import type { MemberPlan, ScalarName, Shape, TypePlan } from '../plan/shape.ts'

type CarrierSchema =
  | { readonly $ref: string }
  | { readonly title: 'Any' }
  | { readonly type: 'array'; readonly items: CarrierSchema }
  | { readonly type: 'string' | 'integer' | 'number' | 'boolean'; readonly format?: string }

interface CarrierType {
  readonly title: string
  readonly type: 'object'
  readonly properties: Readonly<Record<string, CarrierSchema>>
  readonly required?: readonly string[]
}

/** `Any` is the loader's own word for what has no constraints; formats are those it has scalars of our names for. */
const scalarSchemas: Readonly<Record<ScalarName, () => CarrierSchema>> = {
  String: () => ({ type: 'string' }),
  Int: () => ({ type: 'integer' }),
  Float: () => ({ type: 'number' }),
  Boolean: () => ({ type: 'boolean' }),
  BigInt: () => ({ type: 'integer', format: 'int64' }),
  DateTime: () => ({ type: 'string', format: 'date-time' }),
  JSON: () => ({ title: 'Any' }),
  File: () => ({ type: 'string', format: 'binary' }),
  // The loader has one scalar for both; load-types.ts tells them apart, since only arguments have this one.
  Upload: () => ({ type: 'string', format: 'binary' }),
}

/** Names of members and arguments in the carrier: a prefix keeps them from meaning something to the loader. */
export function carried(name: string): string {
  return `m_${name}`
}

/** An OpenAPI 3 document. Made anew for each use: the loader resolves references in place. */
export function carrierOf(connector: string, plan: ConnectorPlan) {
  return {
    openapi: '3.0.3',
    info: { title: connector, version: '1' },
    servers: [{ url: 'https://connector.invalid' }],
    paths: Object.fromEntries(
      plan.operations.map(operation => [`/${operation.field}`, { get: carrierOperation(operation, plan) }]),
    ),
    components: {
      schemas: Object.fromEntries(plan.types.map(type => [plan.nameOf(type), carrierType(type, plan)])),
    },
  }
}

/** Every operation is a GET here, and every argument a query parameter: only their types are asked for. */
function carrierOperation(operation: OperationPlan, plan: ConnectorPlan) {
  return {
    operationId: operation.field,
    parameters: operation.arguments.map(({ name, required, shape }) => ({
      name: carried(name),
      in: 'query',
      required,
      schema: carrierSchema(shape, plan),
    })),
    responses: {
      200: {
        description: '',
        content: { 'application/json': { schema: carrierSchema(operation.output, plan) } },
      },
    },
  }
}

/** Answers promise nothing: declared and real shapes diverge (connector-format §2.4), so only inputs have `required`. */
function carrierType(type: TypePlan, plan: ConnectorPlan): CarrierType {
  const required = type.members.filter(member => member.required).map(({ name }) => carried(name))
  const property = ({ name, shape }: MemberPlan) => [carried(name), carrierSchema(shape, plan)] as const
  return {
    title: plan.nameOf(type),
    type: 'object',
    properties: Object.fromEntries(type.members.map(property)),
    ...(required.length > 0 && { required }),
  }
}

function carrierSchema(shape: Shape, plan: ConnectorPlan): CarrierSchema {
  switch (shape.kind) {
    case 'scalar':
      return scalarSchemas[shape.scalar]()
    case 'list':
      return { type: 'array', items: carrierSchema(shape.of, plan) }
    case 'object':
      return { $ref: `#/components/schemas/${plan.nameOf(shape.type)}` }
  }
}
