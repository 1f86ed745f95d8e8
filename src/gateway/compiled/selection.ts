// Which fields a selection asks for of an object type, under the names that they have in the answer (GraphQL
// specification §6.3.2, CollectFields), once for a document and not for each object that comes.
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  GraphQLSkipDirective,
  getDirectiveValues,
  type InlineFragmentNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'

/** Fields by response key, in the order of the answer; the nodes of one key are the same field, asked for again. */
export type Selected = ReadonlyMap<string, readonly FieldNode[]>

export interface Selecting {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  /** Coerced values of the variables that `@skip` and `@include` name. */
  readonly variables: Readonly<Record<string, unknown>>
}

/**
 * The fields that the sets select together. The document is valid, so every fragment exists; one on another type than
 * `type` adds nothing, since `type` is the type of the object itself.
 */
export function selectedFields(
  type: GraphQLObjectType,
  sets: readonly (SelectionSetNode | undefined)[],
  selecting: Selecting,
): Selected {
  const fields = new Map<string, FieldNode[]>()
  const entered = new Set<string>()

  /** The fragment's set, where it is on this type and has not been entered before. */
  function setOf(fragment: FragmentSpreadNode | InlineFragmentNode): SelectionSetNode | undefined {
    if (fragment.kind === Kind.INLINE_FRAGMENT)
      return (fragment.typeCondition?.name.value ?? type.name) === type.name
        ? fragment.selectionSet
        : undefined
    const { value: name } = fragment.name
    if (entered.has(name)) return undefined
    entered.add(name)
    const definition = selecting.fragments.get(name)
    return definition?.typeCondition.name.value === type.name ? definition.selectionSet : undefined
  }

  function collect(set: SelectionSetNode | undefined): void {
    for (const selection of set?.selections ?? []) {
      if (!isIncluded(selection, selecting)) continue
      if (selection.kind !== Kind.FIELD) {
        collect(setOf(selection))
        continue
      }
      const key = selection.alias?.value ?? selection.name.value
      const nodes = fields.get(key)
      if (nodes) nodes.push(selection)
      else fields.set(key, [selection])
    }
  }
  for (const set of sets) collect(set)
  return fields
}

function isIncluded(node: SelectionNode, { variables }: Selecting): boolean {
  if (!node.directives?.length) return true
  if (getDirectiveValues(GraphQLSkipDirective, node, variables)?.if === true) return false
  return getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if !== false
}
