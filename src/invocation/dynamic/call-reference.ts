// The call behind a dynamic value, list or schema: its arguments are constants and other arguments (connector-format §6).
import type { OpenConnection } from '../../connections/index.ts'
import type {
  ConnectorDefinition,
  DynamicArgument,
  DynamicReference,
  OperationDefinition,
  ParameterDefinition,
} from '../../definition/index.ts'
import { JunctorError } from '../../errors.ts'
import { isJsonObject, type Json } from '../../json.ts'
import { withMember } from '../expressions/json-path.ts'
import { Bytes, type CallWatch, type Invoker, type WireArguments } from '../invocation.ts'
import { invalidArgument } from '../request/argument-values.ts'

export interface DynamicCall {
  readonly invoker: Pick<Invoker, 'call'>
  readonly definition: ConnectorDefinition
  readonly connection: OpenConnection | null
  readonly reference: DynamicReference
  /** What the caller has chosen so far for the operation that the reference stands in. */
  readonly arguments: WireArguments
  readonly signal: AbortSignal
  readonly watch?: CallWatch
}

/** Calls the referenced operation. Throws as `Invoker.call` does, and ARGUMENT_INVALID for what must be chosen first. */
export async function callReference(call: DynamicCall): Promise<Json> {
  const { definition, reference, invoker, connection, signal } = call
  const operation = definition.operations.find(candidate => candidate.id === reference.operation)
  if (!operation)
    throw new JunctorError(
      'OPERATION_UNSUPPORTED',
      `The choices come from the operation ${reference.operation}, which ${definition.title} does not have; give the value by hand.`,
    )
  const result = await invoker.call({
    definition,
    operation,
    connection,
    arguments: targetArguments(operation, reference, call.arguments),
    signal,
    ...(call.watch ? { watch: call.watch } : {}),
  })
  if (result.body instanceof Bytes)
    throw new JunctorError(
      'UPSTREAM_INVALID',
      `${operation.id} of ${definition.title} answered with a file, not choices.`,
    )
  return result.body
}

function targetArguments(
  operation: OperationDefinition,
  reference: DynamicReference,
  given: WireArguments,
): WireArguments {
  const parameters: Record<ParameterDefinition['in'], Record<string, Json>> = {
    path: {},
    query: {},
    header: {},
    form: {},
  }
  let body: Json | undefined
  for (const [name, argument] of Object.entries(reference.arguments)) {
    const value = argumentOf(argument, given)
    const parameter = operation.parameters.find(candidate => candidate.name === name)
    if (value === undefined || value === null) {
      if (parameter && required(parameter) && 'parameter' in argument)
        throw invalidArgument(argument.parameter, 'must be given first, since the choices depend on it')
      continue
    }
    if (parameter) parameters[parameter.in][name] = value
    else if (operation.body) body = withBodyValue(body, operation.body.name, name, value)
  }
  return body === undefined ? { parameters } : { parameters, body }
}

function required(parameter: ParameterDefinition): boolean {
  return parameter.required && parameter.constant === undefined && parameter.schema.default === undefined
}

/** A name may be a parameter, or a path into the body with `/` or, by mistake, dots (§6.1). */
function argumentOf(argument: DynamicArgument, { parameters, body }: WireArguments): Json | undefined {
  if ('value' in argument) return argument.value
  const name = argument.parameter
  for (const place of [parameters.path, parameters.query, parameters.header, parameters.form])
    if (Object.hasOwn(place, name)) return place[name]
  const slashes = name.split('/')
  return (
    member(body, slashes) ??
    // `parameterReference` begins with the body parameter's own name.
    (slashes.length > 1 ? member(body, slashes.slice(1)) : undefined) ??
    member(body, name.split('.')) ??
    onlyNested(body, name)
  )
}

/** The value at a path of names, array positions included. */
export function member(root: Json | undefined, steps: readonly string[]): Json | undefined {
  return steps.reduce<Json | undefined>((value, step) => {
    if (Array.isArray(value)) return /^\d{1,9}$/.test(step) ? value[Number(step)] : undefined
    return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined
  }, root)
}

/** A property of this name anywhere in the body, where there is exactly one. */
function onlyNested(body: Json | undefined, name: string): Json | undefined {
  const found: Json[] = []
  const visit = (value: Json | undefined): void => {
    if (Array.isArray(value)) for (const element of value) visit(element)
    if (!isJsonObject(value)) return
    for (const [key, child] of Object.entries(value)) {
      if (key === name) found.push(child)
      visit(child)
    }
  }
  visit(body)
  return found.length === 1 ? found[0] : undefined
}

function withBodyValue(body: Json | undefined, bodyName: string, name: string, value: Json): Json {
  if (name === bodyName) return value
  const path = name.split('/')
  const inside = path.length > 1 && path[0] === bodyName ? path.slice(1) : path
  return created(body ?? {}, inside, value)
}

/** Sets a value and makes the objects on the way. */
function created(parent: Json, [key, ...rest]: readonly string[], value: Json): Json {
  if (key === undefined) return value
  const holder = isJsonObject(parent) ? parent : {}
  return withMember(holder, key, created(member(holder, [key]) ?? {}, rest, value))
}
