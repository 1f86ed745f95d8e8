// One operation, whichever transport brought it: slice, validation, execution. Never throws: errors are in the result.
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLFieldResolver,
  getOperationAST,
  specifiedRules,
  validate,
} from 'graphql'
import { JunctorError } from '../errors.ts'
import { type CompiledOperation, compileOperation } from './compiled/compile.ts'
import type { RequestContext } from './context.ts'
import type { CreateDeliver } from './delivery/delivery.ts'
import type { Sending, Sink } from './delivery/sink.ts'
import { dispatch } from './dispatch.ts'
import { coded, type ErrorPresenter } from './errors.ts'
import { limitRules } from './limits.ts'
import { withLongIntegers } from './long-integers.ts'
import type { Resolver, Resolvers } from './resolver.ts'
import type { Slice } from './slices/slice.ts'

export interface OperationRequest {
  readonly document: DocumentNode
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>> | undefined
  readonly context: RequestContext
}

interface Options {
  readonly sliceOf: (document: DocumentNode, context: RequestContext) => Promise<Slice>
  /** The same where it is at hand, else null. */
  readonly knownSlice: (document: DocumentNode, context: RequestContext) => Slice | null
  readonly hub: Resolvers
  /** Resolves a connector's root query or mutation. */
  readonly call: (slice: Slice, field: string) => Resolver | null
  /** Opens a connector's trigger. */
  readonly open: (slice: Slice, field: string) => Resolver | null
  readonly deliver: CreateDeliver
  readonly sdl: (subgraph: string, slice: Slice) => string
  readonly present: ErrorPresenter
}

const rules = [...specifiedRules, ...limitRules]

interface Serving {
  /** Resolves a connector's root query or mutation; null for any other field. */
  readonly call: (field: string) => Resolver | null
  readonly fieldResolver: GraphQLFieldResolver<unknown, RequestContext>
}

interface Checked {
  readonly errors: readonly GraphQLError[]
  /** Null for an operation that graphql-js runs. */
  readonly compile: (operationName: string | undefined) => CompiledOperation | null
}

export type Prepared = { readonly arguments: ExecutionArgs } | { readonly errors: readonly GraphQLError[] }

export interface Executor {
  /** Slice and validation: what must hold before anything runs. */
  prepare(request: OperationRequest): Promise<Prepared>
  query(request: OperationRequest): Promise<ExecutionResult>
  /** `query` for an operation that was compiled before, as a function that runs it; null for any other. */
  compiled(request: OperationRequest): ((context: RequestContext) => Promise<ExecutionResult>) | null
  /** Runs a prepared query or mutation. */
  run(prepared: ExecutionArgs): Promise<ExecutionResult>
  /** Opens a prepared subscription; what it returns sends events to the sink from its first `next()` on. */
  subscribe(prepared: ExecutionArgs, sink: Sink): Promise<Sending | ExecutionResult>
}

export function createExecutor(options: Options): Executor {
  const { present } = options
  const checked = new WeakMap<DocumentNode, WeakMap<Slice, Checked>>()
  const compiled = new WeakMap<ExecutionArgs, CompiledOperation>()
  const serving = rememberedBy(new WeakMap<Slice, Serving>(), slice => {
    const call = rememberedBy(new Map<string, Resolver | null>(), field => options.call(slice, field))
    return { call, fieldResolver: dispatch(slice, { ...options, call }) }
  })

  /** What is known of a document on a slice: one that comes again is neither validated nor compiled again. */
  function checkedOn(document: DocumentNode, slice: Slice): Checked {
    const bySlice = checked.get(document) ?? new WeakMap<Slice, Checked>()
    checked.set(document, bySlice)
    const known = bySlice.get(slice)
    if (known) return known
    const compiling = { schema: slice.schema, wireName: slice.wireName, resolve: serving(slice).call }
    const made = {
      errors: validate(slice.schema, document, rules).map(error => coded(error, 'GRAPHQL_VALIDATION_FAILED')),
      compile: rememberedBy(new Map<string | undefined, CompiledOperation | null>(), name =>
        compileOperation(document, name, compiling),
      ),
    }
    bySlice.set(slice, made)
    return made
  }

  async function prepare({
    document,
    operationName,
    variables,
    context,
  }: OperationRequest): Promise<Prepared> {
    try {
      const definition = getOperationAST(document, operationName)
      if (!definition) throw noOperation(operationName)
      const slice = await options.sliceOf(document, context)
      const { errors, compile } = checkedOn(document, slice)
      if (errors.length > 0) return { errors }
      const prepared: ExecutionArgs = {
        schema: slice.schema,
        document,
        operationName,
        variableValues: withLongIntegers(slice.schema, definition.variableDefinitions ?? [], variables ?? {}),
        contextValue: context,
        fieldResolver: serving(slice).fieldResolver,
        subscribeFieldResolver: (source, args, context, info) =>
          (options.hub.Subscription?.[info.fieldName] ?? options.open(slice, info.fieldName))?.(
            source,
            args,
            context,
            String(info.path.key),
          ),
        typeResolver: typeNameOf,
      }
      const operation = compile(operationName)
      if (operation) compiled.set(prepared, operation)
      return { arguments: prepared }
    } catch (error) {
      return { errors: [present(error)] }
    }
  }

  const presented = (result: ExecutionResult): ExecutionResult =>
    // What graphql-js itself says of a valid document is about the variables.
    result.errors
      ? { ...result, errors: result.errors.map(error => coded(present(error), 'BAD_INPUT')) }
      : result

  async function run(prepared: ExecutionArgs): Promise<ExecutionResult> {
    const fast = compiled.get(prepared)?.run(prepared.variableValues, prepared.contextValue as RequestContext)
    return presented(await (fast ?? execute(prepared)))
  }
  const deliver = options.deliver(run)

  async function query(request: OperationRequest): Promise<ExecutionResult> {
    if (getOperationAST(request.document, request.operationName)?.operation === 'subscription')
      return { errors: [present(overWebSocket())] }
    const prepared = await prepare(request)
    return 'errors' in prepared ? prepared : run(prepared.arguments)
  }

  return {
    prepare,
    run,
    query,
    compiled(request) {
      const { document, operationName, variables } = request
      const slice = options.knownSlice(document, request.context)
      const known = slice && checked.get(document)?.get(slice)
      const operation = known?.errors.length === 0 ? known.compile(operationName) : null
      return (
        operation &&
        (async context => {
          const running = operation.run(variables, context)
          return running ? presented(await running) : query({ ...request, context })
        })
      )
    },
    async subscribe(prepared, sink) {
      const opened = await createSourceEventStream(prepared)
      return Symbol.asyncIterator in opened ? deliver(opened, prepared, sink) : presented(opened)
    },
  }
}

/** `make`, once for each key. */
function rememberedBy<Key, Value>(
  known: { get(key: Key): Value | undefined; set(key: Key, value: Value): unknown },
  make: (key: Key) => Value,
): (key: Key) => Value {
  return key => {
    const before = known.get(key)
    if (before !== undefined) return before
    const made = make(key)
    known.set(key, made)
    return made
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
