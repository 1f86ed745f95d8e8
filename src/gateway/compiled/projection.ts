// A selection on what a connector answers, compiled: the API's value → what was selected of it, read by wire name and
// fitted to the declared types, in one pass. What graphql-js makes of the same selection is the same to the letter.
import {
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isListType,
  isObjectType,
  isScalarType,
} from 'graphql'
import { fitList, fitObject, scalarFit, type WireNames } from '../../subgraph/index.ts'
import { type Selected, type Selecting, selectedFields } from './selection.ts'

/** Never throws: what does not fit is null. */
export type Projection = (value: unknown) => unknown

export interface Projecting extends Selecting {
  /** What the member is called on the wire; null for a type that no connector defines. */
  readonly wireName: WireNames
}

interface Member {
  readonly key: string
  readonly read: (source: object) => unknown
}

/** Null where the selection needs more than reading: a type of the hub, an abstract one, one that may not be null. */
export function projectionOf(
  type: GraphQLOutputType,
  nodes: readonly FieldNode[],
  projecting: Projecting,
): Projection | null {
  if (isScalarType(type)) return scalarFit(type.name)
  if (isListType(type)) {
    const item = projectionOf(type.ofType, nodes, projecting)
    return item && (value => fitList(value, item))
  }
  if (!isObjectType(type)) return null
  const sets = nodes.map(node => node.selectionSet)
  return objectProjection(type, selectedFields(type, sets, projecting), projecting)
}

function objectProjection(
  type: GraphQLObjectType,
  selected: Selected,
  projecting: Projecting,
): Projection | null {
  const members: Member[] = []
  for (const [key, nodes] of selected) {
    const read = isPlainKey(key) ? readerOf(type, nodes, projecting) : null
    if (!read) return null
    members.push({ key, read })
  }
  return value => {
    const source = fitObject(value)
    if (source === null) return null
    const made: Record<string, unknown> = {}
    for (const { key, read } of members) made[key] = read(source)
    return made
  }
}

/** Assigned to an object, this one name would change what the object is. */
export function isPlainKey(key: string): boolean {
  return key !== '__proto__'
}

function readerOf(
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  projecting: Projecting,
): Member['read'] | null {
  const name = nodes[0]?.name.value ?? ''
  if (name === '__typename') return () => type.name
  const field = type.getFields()[name]
  const wire = projecting.wireName(type.name, name)
  const project = field && projectionOf(field.type, nodes, projecting)
  if (!project || wire === null) return null
  // What is parsed from JSON inherits these and nothing else.
  const inherited = wire in Object.prototype
  return source =>
    project(inherited && !Object.hasOwn(source, wire) ? null : source[wire as keyof typeof source])
}
