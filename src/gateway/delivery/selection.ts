// What of a subscription's document makes a payload: the selection, and not the arguments that choose the events.
import { createHash } from 'node:crypto'
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getOperationAST,
  Kind,
  print,
  type SelectionSetNode,
  visit,
} from 'graphql'

export interface Selection {
  /** Equal for operations that make the same payload of the same event, if `variables` have equal values. */
  readonly key: string
  /** Names of the variables that the selection uses. */
  readonly variables: readonly string[]
  /** False where the payload is made of the event alone; true where it may depend on who asks. */
  readonly personal: boolean
}

/** Members of an event that are its own. `feed` is the hub's, and each person may see other things of it. */
const own: ReadonlySet<string> = new Set(['__typename', 'id', 'cursor', 'time', 'data'])

const known = new WeakMap<DocumentNode, Map<string, Selection>>()

/** Of a validated document: its operation is a subscription with one root field, through fragments or not. */
export function selectionOf(document: DocumentNode, operationName: string | null | undefined): Selection {
  const byName = known.get(document) ?? new Map<string, Selection>()
  known.set(document, byName)
  const name = operationName ?? ''
  const made = byName.get(name) ?? read(document, operationName)
  byName.set(name, made)
  return made
}

function read(document: DocumentNode, operationName: string | null | undefined): Selection {
  const operation = getOperationAST(document, operationName)
  const fragments = new Map(
    document.definitions.flatMap(definition =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  )
  const roots = fieldsOf(operation?.selectionSet, fragments)
  const members = roots.flatMap(root => fieldsOf(root.selectionSet, fragments))
  const used = new Set<FragmentDefinitionNode>()
  const texts: string[] = []
  const variables = new Set<string>()

  const add = (set: SelectionSetNode): void => {
    const plain = visit(set, {
      enter(node) {
        return node.kind === Kind.FIELD && roots.includes(node) ? { ...node, arguments: [] } : undefined
      },
    })
    texts.push(print(plain))
    visit(plain, {
      enter(node) {
        if (node.kind === Kind.VARIABLE) variables.add(node.name.value)
        const fragment = node.kind === Kind.FRAGMENT_SPREAD ? fragments.get(node.name.value) : undefined
        if (!fragment || used.has(fragment)) return
        used.add(fragment)
        texts.push(`${fragment.name.value} on ${fragment.typeCondition.name.value}`)
        add(fragment.selectionSet)
      },
    })
  }
  if (operation) add(operation.selectionSet)
  const types = (operation?.variableDefinitions ?? [])
    .filter(({ variable }) => variables.has(variable.name.value))
    .map(definition => print(definition))
  return {
    key: createHash('sha256')
      .update([...texts, ...types].join('\n'))
      .digest('base64url'),
    variables: [...variables].sort(),
    personal: members.some(({ name }) => !own.has(name.value)),
  }
}

/** Fields of a selection, through fragments. */
function fieldsOf(
  set: SelectionSetNode | undefined,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): readonly FieldNode[] {
  return (set?.selections ?? []).flatMap(selection => {
    if (selection.kind === Kind.FIELD) return [selection]
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(selection.selectionSet, fragments)
    return fieldsOf(fragments.get(selection.name.value)?.selectionSet, fragments)
  })
}
