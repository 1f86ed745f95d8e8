// What a new tab starts with: an operation's example, named after its field, and variables to fill in.
import {
  type DefinitionNode,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  isScalarType,
  Kind,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql'
import { operationsOf } from './operations-of.ts'

export interface ExampleTab {
  readonly query: string
  /** JSON, or empty where the example has no variables. */
  readonly variables: string
}

/** An example that does not parse becomes a tab as it is: the editor shows what is wrong with it. */
export function exampleTab(example: string, field: string, schema: GraphQLSchema | null): ExampleTab {
  const [operation] = operationsOf(example).operations
  if (!operation) return { query: example, variables: '' }
  const values = (operation.variableDefinitions ?? []).map(({ type, variable }) => {
    const known = schema && typeFromAST(schema, type)
    return [variable.name.value, known && isInput(known) ? placeholder(known, 0) : null]
  })
  return {
    query: named(example, operation, field),
    variables: values.length === 0 ? '' : JSON.stringify(Object.fromEntries(values), null, 2),
  }
}
