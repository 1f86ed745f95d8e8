// What is asked of an answer: all members, as deep as the hub allows and as many as a person could read.
import { type GraphQLOutputType, isListType, isNonNullType, isObjectType } from 'graphql'
import type { Json } from '../../../src/json.ts'
import type { Artifact } from '../../../src/subgraph/index.ts'
import { own } from './package-text.ts'

/** Of an object type; the members of a scalar are null. */
export interface Selection {
  readonly type: string
  readonly fields: readonly {
    readonly name: string
    readonly wire: string
    readonly inner: Selection | null
  }[]
}

type Names = Pick<Artifact, 'wireNames'>

const mostLevels = 8
const mostFields = 1_500

export function wireName({ wireNames }: Names, type: string, field: string): string {
  const renamed = wireNames[type]
  return (renamed && Object.hasOwn(renamed, field) ? renamed[field] : undefined) ?? field
}

/** Null for a scalar. A type is not asked for again inside itself. */
export function selectionOf(type: GraphQLOutputType, artifact: Names): Selection | null {
  let left = mostFields
  const of = (outer: GraphQLOutputType, entered: readonly string[]): Selection | null | undefined => {
    const bare = bareType(outer)
    if (!isObjectType(bare)) return null
    if (entered.includes(bare.name) || entered.length >= mostLevels || left < 0) return undefined
    const fields = Object.values(bare.getFields()).flatMap(({ name, type: member }) => {
      left -= 1
      const inner = of(member, [...entered, bare.name])
      const wire = wireName(artifact, bare.name, name)
      return inner === undefined ? [] : [{ name, wire, inner }]
    })
    return { type: bare.name, fields }
  }
  return of(type, []) ?? null
}

function bareType(type: GraphQLOutputType): GraphQLOutputType {
  return isNonNullType(type) || isListType(type) ? bareType(type.ofType) : type
}

export function printSelection(selection: Selection | null): string {
  if (!selection) return ''
  if (selection.type === 'File') return '{ contentType size base64 }'
  const fields = selection.fields.map(({ name, inner }) => `${name} ${printSelection(inner)}`)
  return `{ __typename ${fields.join(' ')} }`
}

/** The data that an answer must become: the same values under the graph's names. */
export function wantedData(value: Json | undefined, selection: Selection | null): Json {
  if (value === undefined || value === null) return null
  if (!selection) return value
  if (Array.isArray(value)) return value.map(each => wantedData(each, selection))
  const members = selection.fields.map(({ name, wire, inner }) => [name, wantedData(own(value, wire), inner)])
  return Object.fromEntries([['__typename', selection.type], ...members])
}
