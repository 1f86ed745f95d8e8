// An operation on connectors alone, compiled once and run often. graphql-js walks document and schema anew for each
// answer and each member of it; here that is done before the first answer comes. What is not such an operation is left
// to graphql-js: the hub's own fields, introspection, subscriptions. The result is graphql-js's to the letter.
import {
  type DocumentNode,
  type ExecutionResult,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  getOperationAST,
  getVariableValues,
  Kind,
  type SelectionSetNode,
  visit,
} from 'graphql'
import type { RequestContext } from '../context.ts'
import { withLongIntegers } from '../long-integers.ts'
import { type Compiling, type RootField, rootField } from './root-field.ts'
import { runOneByOne, runTogether } from './run.ts'
import { type Selecting, selectedFields } from './selection.ts'

export interface CompiledOperation {
  /** Null where graphql-js must run the operation with these variables. */
  run(variables: Variables, context: RequestContext): Promise<ExecutionResult> | null
}

type Variables = Readonly<Record<string, unknown>> | null | undefined

/** Each variable of a `@skip` or `@include` doubles the selections that there are to compile. */
const mostConditions = 4

/** As many as graphql-js reports. */
const mostVariableErrors = 50

/** Null for an operation that is graphql-js's. The document has passed validation against the schema. */
export function compileOperation(
  document: DocumentNode,
  operationName: string | undefined,
  compiling: Compiling,
): CompiledOperation | null {
  const operation = getOperationAST(document, operationName)
  if (!operation || operation.operation === 'subscription') return null
  const { schema } = compiling
  const { selectionSet } = operation
  const type = schema.getRootType(operation.operation)
  const conditions = conditionsOf(document)
  if (!type || conditions.length > mostConditions) return null
  const fragments = fragmentsOf(document)
  const run = operation.operation === 'mutation' ? runOneByOne : runTogether
  const variants = new Map<string, readonly RootField[] | null>()

  /** The fields for what the conditions say; null where one says nothing, or the fields are not connectors'. */
  const fieldsFor = (variables: Readonly<Record<string, unknown>>): readonly RootField[] | null => {
    const said = conditions.map(name => variables[name])
    if (said.some(value => typeof value !== 'boolean')) return null
    const key = said.join()
    const known = variants.get(key)
    if (known !== undefined) return known
    // Of the variables nothing else is kept.
    const decided = Object.fromEntries(conditions.map((name, index) => [name, said[index]]))
    const made = rootFields(selectionSet, type, { ...compiling, fragments, variables: decided })
    variants.set(key, made)
    return made
  }

  if (conditions.length === 0 && !fieldsFor({})) return null
  const definitions = operation.variableDefinitions ?? []
  return {
    run(given, context) {
      const { errors, coerced } =
        definitions.length === 0
          ? noVariables
          : getVariableValues(schema, definitions, withLongIntegers(schema, definitions, given ?? {}), {
              maxErrors: mostVariableErrors,
            })
      if (errors) return Promise.resolve({ errors })
      const fields = fieldsFor(coerced)
      return fields && run(fields, coerced, context)
    },
  }
}

const noVariables = { errors: undefined, coerced: {} }

function rootFields(
  selectionSet: SelectionSetNode,
  type: GraphQLObjectType,
  compiling: Compiling & Selecting,
): readonly RootField[] | null {
  const fields: RootField[] = []
  for (const [key, nodes] of selectedFields(type, [selectionSet], compiling)) {
    const field = rootField(key, nodes, type, compiling)
    if (!field) return null
    fields.push(field)
  }
  return fields
}

function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    document.definitions.flatMap(definition =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  )
}

/** The variables that decide what is selected. */
function conditionsOf(document: DocumentNode): readonly string[] {
  const names = new Set<string>()
  visit(document, {
    Directive({ name, arguments: given }) {
      if (name.value !== 'skip' && name.value !== 'include') return
      for (const { value } of given ?? []) if (value.kind === Kind.VARIABLE) names.add(value.name.value)
    },
  })
  return [...names]
}
