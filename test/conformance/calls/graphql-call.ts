// A GraphQL document that gives drawn wire values as variables and asks for all of the answer.
import {
  type GraphQLInputType,
  type GraphQLSchema,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { isJsonObject, type Json } from '../../../src/json.ts'
import type { Artifact, CompiledOperation } from '../../../src/subgraph/index.ts'
import type { DeclaredOperation } from './declared-operation.ts'
import { own } from './package-text.ts'
import { printSelection, type Selection, selectionOf, wireName } from './selection.ts'
import { type DrawnArguments, keyOf } from './wanted-request.ts'

export interface GraphqlCall {
  readonly text: string
  readonly variables: Readonly<Record<string, unknown>>
  /** What the caller would give and the graph has no place for. */
  readonly notOffered: readonly string[]
  readonly selection: Selection | null
}

type Names = Pick<Artifact, 'wireNames'>

export function graphqlCall(
  schema: GraphQLSchema,
  artifact: Names,
  { field: name, root, arguments: targets }: CompiledOperation,
  declared: DeclaredOperation,
  drawn: DrawnArguments,
): GraphqlCall {
  const field = schema.getType(root)
  const definition = isObjectType(field) ? field.getFields()[name] : undefined
  if (!definition) throw new Error(`${root} has no field ${name}.`)
  const left = new Map(drawn.parameters)
  const selection = selectionOf(definition.type, artifact)
  const notOffered: string[] = []
  const given = definition.args.flatMap(({ name: argument, type }) => {
    const target = targets[argument]
    let value: Json | undefined
    if (target?.to === 'body') value = drawn.body
    if (target?.to === 'parameter') {
      const place = target.in === 'form' ? 'formData' : target.in
      const parameter = declared.parameters.find(
        each => each.in === place && each.name.trim().toLowerCase() === target.name.trim().toLowerCase(),
      )
      if (parameter) {
        value = drawn.parameters.get(keyOf(parameter))
        left.delete(keyOf(parameter))
      }
    }
    return value === undefined ? [] : [{ argument, type, value: toInput(value, type, artifact, notOffered) }]
  })
  const hasBody = definition.args.some(({ name: argument }) => targets[argument]?.to === 'body')
  if (drawn.body !== undefined && !hasBody && canonicalSize(drawn.body) > 0) notOffered.push('body')
  const variables = given.map(({ argument, type }) => `$${argument}: ${String(type)}`)
  const inner = given.map(({ argument }) => `${argument}: $${argument}`)
  return {
    text: `${root.toLowerCase()}${parenthesized(variables)} { ${name}${parenthesized(inner)} ${printSelection(selection)} }`,
    variables: Object.fromEntries(given.map(({ argument, value }) => [argument, value])),
    notOffered: [...notOffered, ...left.keys()],
    selection,
  }
}

function canonicalSize(value: Json): number {
  return isJsonObject(value) ? Object.keys(value).length : 1
}

function parenthesized(texts: readonly string[]): string {
  return texts.length === 0 ? '' : `(${texts.join(', ')})`
}

function toInput(value: Json, type: GraphQLInputType, artifact: Names, lost: string[]): unknown {
  if (isNonNullType(type)) return toInput(value, type.ofType, artifact, lost)
  if (isListType(type))
    return Array.isArray(value) ? value.map(each => toInput(each, type.ofType, artifact, lost)) : value
  if (!isInputObjectType(type) || !isJsonObject(value)) return value
  const left = new Set(Object.keys(value))
  const members = Object.values(type.getFields()).flatMap(({ name, type: inner }) => {
    const wire = wireName(artifact, type.name, name)
    const member = own(value, wire)
    left.delete(wire)
    return member === undefined ? [] : [[name, toInput(member, inner, artifact, lost)] as const]
  })
  const missing = [...left].filter(name => canonicalSize(own(value, name) ?? {}) > 0)
  lost.push(...missing.map(name => `${type.name} ${name}`))
  return Object.fromEntries(members)
}
