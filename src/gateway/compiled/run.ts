// Runs the root fields of a compiled operation: a query's at once, a mutation's one after the other. A field that fails
// is null, with its error beside the data.
import { type ExecutionResult, type GraphQLError, locatedError } from 'graphql'
import type { RequestContext } from '../context.ts'
import type { RootField } from './root-field.ts'

type Run = (
  fields: readonly RootField[],
  variables: Readonly<Record<string, unknown>>,
  context: RequestContext,
) => Promise<ExecutionResult>

export const runTogether: Run = async (fields, variables, context) => {
  const errors: GraphQLError[] = []
  const [only] = fields
  if (only && fields.length === 1)
    return resultOf({ [only.key]: await fieldValue(only, variables, context, errors) }, errors)
  const values = await Promise.all(fields.map(field => fieldValue(field, variables, context, errors)))
  return resultOf(Object.fromEntries(fields.map(({ key }, index) => [key, values[index]])), errors)
}

export const runOneByOne: Run = async (fields, variables, context) => {
  const errors: GraphQLError[] = []
  const data: Record<string, unknown> = {}
  for (const field of fields) data[field.key] = await fieldValue(field, variables, context, errors)
  return resultOf(data, errors)
}

async function fieldValue(
  { key, nodes, argumentsFor, resolve, project }: RootField,
  variables: Readonly<Record<string, unknown>>,
  context: RequestContext,
  errors: GraphQLError[],
): Promise<unknown> {
  try {
    return project(await resolve(undefined, argumentsFor(variables), context, key))
  } catch (error) {
    errors.push(locatedError(error, nodes, [key]))
    return null
  }
}

function resultOf(data: Record<string, unknown>, errors: readonly GraphQLError[]): ExecutionResult {
  return errors.length === 0 ? { data } : { errors, data }
}
