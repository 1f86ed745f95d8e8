// One operation, whichever transport brought it: slice, validation, execution. Never throws: errors are in the result.
import {
  type DocumentNode,
  defaultFieldResolver,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  getOperationAST,
  specifiedRules,
  subscribe,
  validate,
} from 'graphql'
import { JunctorError } from '../errors.ts'
import { fitValue } from '../subgraph/index.ts'
import type { RequestContext } from './context.ts'
import type { ErrorPresenter } from './errors.ts'
import { limitRules } from './limits.ts'
import { mappedEvents } from './mapped-events.ts'
import type { Resolver, Resolvers } from './resolver.ts'
import { connectorOfField } from './slices/root-fields.ts'
import type { Slice } from './slices/slice.ts'

export interface OperationRequest {
  readonly document: DocumentNode
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>> | undefined
  readonly context: RequestContext
}

interface Options {
  readonly sliceOf: (document: DocumentNode, context: RequestContext) => Promise<Slice>
  readonly hub: Resolvers
  /** Resolves a connector's root query or mutation. */
  readonly call: (slice: Slice, field: string) => Resolver | null
  /** Opens a connector's trigger. */
  readonly open: (slice: Slice, field: string) => Resolver | null
  readonly sdl: (subgraph: string, slice: Slice) => string
  readonly present: ErrorPresenter
}

const rules = [...specifiedRules, ...limitRules]
const rootTypes = new Set(['Query', 'Mutation'])

export type Prepared = { readonly arguments: ExecutionArgs } | { readonly errors: readonly GraphQLError[] }

export interface Executor {
  /** Slice and validation: what must hold before anything runs. */
  prepare(request: OperationRequest): Promise<Prepared>
  query(request: OperationRequest): Promise<ExecutionResult>
  /** Runs a prepared query or mutation. */
  run(prepared: ExecutionArgs): Promise<ExecutionResult>
  subscribe(prepared: ExecutionArgs): Promise<AsyncIterable<ExecutionResult> | ExecutionResult>
}

export function createExecutor(options: Options): Executor {
  const { present } = options
  const validated = new WeakMap<DocumentNode, Map<string, readonly GraphQLError[]>>()

  function validationErrors(document: DocumentNode, slice: Slice): readonly GraphQLError[] {
    const bySlice = validated.get(document) ?? new Map<string, readonly GraphQLError[]>()
    validated.set(document, bySlice)
    const known = bySlice.get(slice.key)
    if (known) return known
    const errors = validate(slice.schema, document, rules).map(withCode)
    bySlice.set(slice.key, errors)
    return errors
  }

  const resolvers = new WeakMap<Slice, GraphQLFieldResolver<unknown, RequestContext>>()
  function resolverOf(slice: Slice): GraphQLFieldResolver<unknown, RequestContext> {
    const known = resolvers.get(slice)
    if (known) return known
    const made = dispatch(slice, options)
    resolvers.set(slice, made)
    return made
  }

  async function prepare(request: OperationRequest): Promise<Prepared> {
    try {
      if (!getOperationAST(request.document, request.operationName)) throw noOperation(request.operationName)
      const slice = await options.sliceOf(request.document, request.context)
      const errors = validationErrors(request.document, slice)
      if (errors.length > 0) return { errors }
      return {
        arguments: {
          schema: slice.schema,
          document: request.document,
          operationName: request.operationName,
          variableValues: request.variables,
          contextValue: request.context,
          fieldResolver: resolverOf(slice),
          subscribeFieldResolver: (source, args, context, info) =>
            (options.hub.Subscription?.[info.fieldName] ?? options.open(slice, info.fieldName))?.(
              source,
              args,
              context,
              String(info.path.key),
            ),
          typeResolver: value => typeNameOf(value),
        },
      }
    } catch (error) {
      return { errors: [present(error)] }
    }
  }

  const presented = (result: ExecutionResult): ExecutionResult =>
    result.errors ? { ...result, errors: result.errors.map(present) } : result

  const run = async (prepared: ExecutionArgs): Promise<ExecutionResult> => presented(await execute(prepared))

  return {
    prepare,
    run,
    async query(request) {
      if (getOperationAST(request.document, request.operationName)?.operation === 'subscription')
        return { errors: [present(overWebSocket())] }
      const prepared = await prepare(request)
      return 'errors' in prepared ? prepared : run(prepared.arguments)
    },
    async subscribe(prepared) {
      const opened = await subscribe(prepared)
      return Symbol.asyncIterator in opened ? mappedEvents(opened, presented) : presented(opened)
    },
  }
}

/** The one field resolver of a slice: hub types by table, connectors' roots by operation, members by wire name. */
function dispatch(slice: Slice, options: Options): GraphQLFieldResolver<unknown, RequestContext> {
  const roots = new Map<string, Resolver | null>()
  const rootResolver = (name: string): Resolver | null => {
    const known = roots.get(name)
    if (known !== undefined) return known
    const made = options.call(slice, name)
    roots.set(name, made)
    return made
  }
  return (source, args, context, info) => {
    const type = info.parentType.name
    const own = options.hub[type]?.[info.fieldName] ?? eventField(info, options.hub)
    if (type === 'Subscription') return source
    if (own) return own(source, args, context, String(info.path.key))
    if (rootTypes.has(type)) {
      if (info.fieldName === '_service' && context.scope.kind === 'subgraph')
        return { sdl: options.sdl(context.scope.connector, slice) }
      const key = String(info.path.key)
      return fitted(rootResolver(info.fieldName)?.(source, args, context, key), info)
    }
    return connectorOfField(type)
      ? slice.member(source, args, context, info)
      : defaultFieldResolver(source, args, context, info)
  }
}

function noOperation(name: string | undefined): JunctorError {
  return new JunctorError(
    'BAD_INPUT',
    name === undefined
      ? 'The document must have one operation, or operationName must say which of several to run.'
      : `The document has no operation named "${name}"; correct operationName.`,
  )
}

function overWebSocket(): JunctorError {
  return new JunctorError(
    'BAD_INPUT',
    'A subscription needs a WebSocket with the subprotocol graphql-transport-ws; open one at this path.',
  )
}

function typeNameOf(value: unknown): string | undefined {
  const name =
    typeof value === 'object' && value !== null && '__typename' in value ? value.__typename : undefined
  return typeof name === 'string' ? name : undefined
}

function withCode(error: GraphQLError): GraphQLError {
  if (error.extensions.code !== undefined) return error
  return new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    extensions: { ...error.extensions, code: 'GRAPHQL_VALIDATION_FAILED' },
  })
}

/** One odd value must not fail the field: what an API answers is fitted to what its swagger declares. */
async function fitted(value: unknown, info: GraphQLResolveInfo): Promise<unknown> {
  return fitValue(await value, info.returnType)
}

/** Every trigger has an event type of its own; what they share is resolved once, for the interface. */
function eventField(info: GraphQLResolveInfo, hub: Resolvers): Resolver | undefined {
  const shared = hub.Event?.[info.fieldName]
  return shared && info.parentType.getInterfaces().some(({ name }) => name === 'Event') ? shared : undefined
}
