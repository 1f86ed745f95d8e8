// One field at the root of a compiled operation: a connector's operation with its arguments and what is selected of
// its answer.
import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  Kind,
  visit,
} from 'graphql'
import type { WireNames } from '../../subgraph/index.ts'
import type { Resolver } from '../resolver.ts'
import { isPlainKey, type Projection, projectionOf } from './projection.ts'
import type { Selecting } from './selection.ts'

export interface Compiling {
  readonly schema: GraphQLSchema
  readonly wireName: WireNames
  /** Resolves a connector's root query or mutation; null for any other field. */
  readonly resolve: (field: string) => Resolver | null
}

export interface RootField {
  /** What it is called in the answer. */
  readonly key: string
  readonly nodes: readonly FieldNode[]
  /** Throws GraphQLError for a variable whose value does not fit. The same object again where no variable is used. */
  readonly argumentsFor: (variables: Readonly<Record<string, unknown>>) => unknown
  readonly resolve: Resolver
  readonly project: Projection
}

/** Null for a field that graphql-js must run. */
export function rootField(
  key: string,
  nodes: readonly FieldNode[],
  type: GraphQLObjectType,
  compiling: Compiling & Selecting,
): RootField | null {
  const [node] = nodes
  if (!node || !isPlainKey(key)) return null
  const name = node.name.value
  if (name === '__typename')
    return { key, nodes, argumentsFor: noArguments, resolve: () => type.name, project: asItIs }
  const field = type.getFields()[name]
  const resolve = field && compiling.resolve(name)
  const project = resolve && projectionOf(field.type, nodes, compiling)
  return project ? { key, nodes, argumentsFor: argumentsOf(field, node), resolve, project } : null
}

function argumentsOf(field: GraphQLField<unknown, unknown>, node: FieldNode): RootField['argumentsFor'] {
  if (hasVariable(node)) return variables => getArgumentValues(field, node, variables)
  let constant: unknown
  return () => {
    constant ??= getArgumentValues(field, node)
    return constant
  }
}

function hasVariable(node: FieldNode): boolean {
  let found = false
  for (const argument of node.arguments ?? [])
    visit(argument, {
      [Kind.VARIABLE]() {
        found = true
      },
    })
  return found
}

const none = {}
const noArguments = () => none
const asItIs = (value: unknown) => value
