// Integers beyond 2^53 in variables come as bigint, so that what takes them exactly gets them exactly. graphql-js's own
// scalars know no bigint: where the operation declares one of those, the integer becomes what JSON.parse would have
// given.
import {
  type GraphQLInputType,
  type GraphQLSchema,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql'
import { isJsonObject } from '../json.ts'
import { isUploadedFile } from '../uploaded-file.ts'

type Variables = Readonly<Record<string, unknown>>

/** The same object where it holds no bigint, or none that a scalar of graphql-js is to take. */
export function withLongIntegers(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  variables: Variables,
): Variables {
  if (!holdsBigInt(variables)) return variables
  const fitted = { ...variables }
  for (const { variable, type: node } of definitions) {
    const { value: name } = variable.name
    const type = typeFromAST(schema, node)
    if (Object.hasOwn(fitted, name) && isInputType(type)) fitted[name] = asDeclared(fitted[name], type)
  }
  return fitted
}

function holdsBigInt(value: unknown): boolean {
  if (typeof value === 'bigint') return true
  if (Array.isArray(value)) return value.some(holdsBigInt)
  if (isUploadedFile(value)) return false
  return isJsonObject(value) && Object.values(value).some(holdsBigInt)
}

function asDeclared(value: unknown, type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return asDeclared(value, type.ofType)
  if (isListType(type))
    return Array.isArray(value)
      ? value.map(item => asDeclared(item, type.ofType))
      : asDeclared(value, type.ofType)
  if (isInputObjectType(type)) {
    if (!isJsonObject(value)) return value
    const fields = type.getFields()
    const members = Object.entries(value).map(([name, member]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined
      return [name, field ? asDeclared(member, field.type) : member] as const
    })
    return Object.fromEntries(members)
  }
  return typeof value === 'bigint' && ownScalars.has(type.name) ? Number(value) : value
}

const ownScalars: ReadonlySet<string> = new Set(['Int', 'Float', 'ID', 'String', 'Boolean'])
