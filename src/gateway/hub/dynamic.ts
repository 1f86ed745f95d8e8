// Query.parameterOptions and Query.dynamicSchema: what an API tells at design time about its own parameters.
import type { DynamicReference, OperationDefinition, Schema } from '../../definition/index.ts'
import { JunctorError } from '../../errors.ts'
import { type DynamicCall, readOptions, readSchema } from '../../invocation/index.ts'
import { isJsonObject, type Json } from '../../json.ts'
import { type CompiledOperation, wireArguments } from '../../subgraph/index.ts'
import { operationOf } from '../call-operation.ts'
import { watchCalls } from '../call-trace.ts'
import type { LoadedConnector } from '../catalogue/catalogue.ts'
import { identityOf } from '../catalogue/installed.ts'
import { type RequestContext, signedIn } from '../context.ts'
import { mayUseConnector } from '../introspection.ts'
import { field, type Resolvers } from '../resolver.ts'
import type { Services } from '../services.ts'
import { connectorOfField } from '../slices/root-fields.ts'

interface DynamicArgs {
  readonly field: string
  readonly connection?: string | null
  readonly arguments?: unknown
}

interface Target {
  readonly connector: LoadedConnector
  readonly compiled: CompiledOperation
  readonly operation: OperationDefinition
}

type Schemas = Readonly<Record<string, Schema>>

export function dynamicResolvers(services: Services): Resolvers {
  const { catalogue, connections } = services

  async function targetOf(fieldName: string, context: RequestContext): Promise<Target> {
    const name = connectorOfField(fieldName)
    const entry = name ? catalogue.get(name) : null
    const connector = entry && mayUseConnector(context.actor, entry) ? await catalogue.load(entry.name) : null
    const compiled = connector?.artifact?.operations.find(operation => operation.field === fieldName)
    if (connector && compiled) return { connector, compiled, operation: operationOf(connector, compiled) }
    throw new JunctorError(
      'BAD_INPUT',
      `There is no root field "${fieldName}"; ask connector(name: …) { operations { nodes { field } } } for them.`,
    )
  }

  async function callOf(
    target: Target,
    reference: DynamicReference,
    args: DynamicArgs,
    context: RequestContext,
    key: string,
  ): Promise<DynamicCall> {
    const { connector, compiled } = target
    const { definition, artifact, entry } = connector
    if (!definition || !artifact)
      throw new JunctorError('CONNECTOR_QUARANTINED', `The connector "${entry.name}" is quarantined.`)
    const actor = signedIn(context)
    const given = args.arguments ?? {}
    if (!isJsonObject(given))
      throw new JunctorError('BAD_INPUT', 'arguments must be an object: values by the name of each argument.')
    const connection = await connections.resolve(actor, identityOf(entry), args.connection ?? null)
    return {
      invoker: context.calls,
      definition,
      connection: connection ? await connections.open(actor, connection.id) : null,
      reference,
      arguments: wireArguments(artifact, compiled, given),
      signal: context.signal,
      watch: await watchCalls(services, context, {
        key,
        connector: entry.name,
        operation: reference.operation,
        connection: connection?.id ?? null,
      }),
    }
  }

  return {
    Query: {
      parameterOptions: field<unknown, DynamicArgs & { parameter: string; search?: string | null }>(
        async (_source, args, context, key) => {
          const target = await targetOf(args.field, context)
          const schema = parameterSchema(target, args.parameter)
          const reference =
            schema.dynamicValues ?? (schema.type === 'array' ? schema.items.dynamicValues : undefined)
          const options = reference
            ? await readOptions({ ...(await callOf(target, reference, args, context, key)), schema })
            : fixedOptions(schema)
          const wanted = args.search?.toLowerCase()
          return wanted ? options.filter(option => option.title.toLowerCase().includes(wanted)) : options
        },
      ),
      dynamicSchema: field<unknown, DynamicArgs & { parameter?: string | null }>(
        async (_source, args, context, key) => {
          const target = await targetOf(args.field, context)
          const schemas = target.connector.definition?.schemas ?? {}
          const root = args.parameter
            ? parameterSchema(target, args.parameter)
            : (target.operation.event ?? target.operation.response)
          const reference = root && findDynamicSchema(root, schemas)
          return reference ? readSchema(await callOf(target, reference, args, context, key)) : null
        },
      ),
    },
  }
}

function fixedOptions(schema: Schema): { value: Json; title: string }[] {
  const values = 'enum' in schema && schema.enum ? schema.enum : []
  return values.map(({ value, title }) => ({ value, title: title ?? String(value) }))
}

/** The schema of an argument, or of a member of `input` by its path (`input/address/country`, or the name alone). */
function parameterSchema({ connector, compiled, operation }: Target, parameter: string): Schema {
  const target = compiled.arguments[parameter]
  if (target?.to === 'parameter') {
    const found = operation.parameters.find(
      candidate => candidate.in === target.in && candidate.name === target.name,
    )
    if (found) return found.schema
  }
  const schemas = connector.definition?.schemas ?? {}
  const path = parameter.split('/')
  const inBody =
    operation.body && memberSchema(operation.body.schema, path[0] === 'input' ? path.slice(1) : path, schemas)
  if (inBody) return inBody
  throw new JunctorError(
    'BAD_INPUT',
    `${compiled.field} has no parameter "${parameter}"; it has ${Object.keys(compiled.arguments).join(', ')}.`,
  )
}

function resolved(schema: Schema, schemas: Schemas): Schema {
  const seen = new Set<string>()
  let current = schema
  while (current.type === 'ref' && !seen.has(current.ref)) {
    seen.add(current.ref)
    current = schemas[current.ref] ?? { type: 'any' }
  }
  return current
}

function memberSchema(schema: Schema, path: readonly string[], schemas: Schemas): Schema | null {
  const [head, ...rest] = path
  if (head === undefined) return schema
  const current = resolved(schema, schemas)
  const next = current.type === 'object' ? current.properties[head] : undefined
  return next ? memberSchema(next, rest, schemas) : null
}

/** The nearest dynamic schema in a schema, breadth first: it may stand on a list's items or on a member. */
function findDynamicSchema(root: Schema, schemas: Schemas): DynamicReference | null {
  const seen = new Set<Schema>()
  let level: readonly Schema[] = [root]
  while (level.length > 0) {
    const next: Schema[] = []
    for (const schema of level) {
      if (seen.has(schema)) continue
      seen.add(schema)
      if (schema.dynamicSchema) return schema.dynamicSchema
      const current = resolved(schema, schemas)
      if (current.dynamicSchema) return current.dynamicSchema
      if (current.type === 'array') next.push(current.items)
      if (current.type === 'object') next.push(...Object.values(current.properties))
    }
    level = next
  }
  return null
}
