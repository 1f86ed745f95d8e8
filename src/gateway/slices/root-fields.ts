// Which root fields a document names: what decides its slice.
import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql'

export interface RootFields {
  /** Those whose fields they are. */
  readonly connectors: ReadonlySet<string>
  /** The document asks for `__schema` or `__type`. */
  readonly introspects: boolean
}

const known = new WeakMap<DocumentNode, RootFields>()

/** Of the fields at the root of any operation in the document, through fragments. */
export function rootFields(document: DocumentNode): RootFields {
  const cached = known.get(document)
  if (cached) return cached
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  const names = new Set<string>()
  const entered = new Set<string>()

  const collect = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) names.add(selection.name.value)
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet)
      else if (!entered.has(selection.name.value)) {
        entered.add(selection.name.value)
        const fragment = fragments.get(selection.name.value)
        if (fragment) collect(fragment.selectionSet)
      }
    }
  }
  for (const definition of document.definitions)
    if (definition.kind === Kind.OPERATION_DEFINITION) collect(definition.selectionSet)
  const connectors = new Set([...names].flatMap(name => connectorOfField(name) ?? []))
  const found = { connectors, introspects: names.has('__schema') || names.has('__type') }
  known.set(document, found)
  return found
}

/** The connector whose field this is: the text before the first underscore; null for a field of the hub. */
export function connectorOfField(field: string): string | null {
  const end = field.indexOf('_')
  return end > 0 ? field.slice(0, end) : null
}
