// What a new tab starts with: an operation's example, named after its field, and its variables to fill in.
import {
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql'
import { operationsOf } from './operations-of.ts'

export interface ExampleTab {
  readonly query: string
  /** A JSON object with a placeholder for each variable; empty where the example has none. */
  readonly variables: string
}

/** An example that does not parse becomes a tab as it is: the editor shows what is wrong with it. */
export function exampleTab(
  example: string,
  field: string,
  schema: GraphQLSchema | null | undefined,
): ExampleTab {
  const [operation] = operationsOf(example).operations
  if (!operation) return { query: example, variables: '' }
  const values = (operation.variableDefinitions ?? []).map(({ type, variable }) => {
    const known = schema ? typeFromAST(schema, type) : undefined
    return [variable.name.value, isInputType(known) ? placeholder(known, 0) : null]
  })
  return {
    query: named(example, operation, field),
    variables: values.length === 0 ? '' : JSON.stringify(Object.fromEntries(values), null, 2),
  }
}

/** A name makes the tab's title. */
function named(example: string, { name, loc, operation }: OperationDefinitionNode, field: string): string {
  if (name || !loc || !example.startsWith(operation, loc.start)) return example
  const end = loc.start + operation.length
  const rest = example.slice(end).trimStart()
  return `${example.slice(0, end)} ${field}${rest.startsWith('(') ? '' : ' '}${rest}`
}

const scalars: Readonly<Record<string, unknown>> = {
  String: '',
  ID: '',
  Int: 0,
  Float: 0,
  Boolean: false,
  JSON: {},
}

const deepest = 4

/** Of an input object only the fields that must be there; of what cannot be guessed, null. */
function placeholder(type: GraphQLInputType, depth: number): unknown {
  if (isNonNullType(type)) return placeholder(type.ofType, depth)
  if (isListType(type)) return []
  if (isEnumType(type)) return type.getValues()[0]?.name ?? null
  if (!isInputObjectType(type)) return scalars[type.name] ?? null
  if (depth === deepest) return {}
  const required = Object.values(type.getFields()).filter(isRequiredInputField)
  return Object.fromEntries(required.map(field => [field.name, placeholder(field.type, depth + 1)]))
}
