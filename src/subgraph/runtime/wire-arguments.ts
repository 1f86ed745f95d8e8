// GraphQL argument values → where and under which names they go on the wire.
import type { ParameterDefinition } from '../../definition/index.ts'
import { isJsonObject, type Json } from '../../json.ts'
import { isUploadedFile } from '../../uploaded-file.ts'
import type { Artifact, CompiledOperation } from '../artifact.ts'
import { ownMember } from './own-member.ts'

export interface WiredArguments {
  readonly parameters: Readonly<Record<ParameterDefinition['in'], Readonly<Record<string, Json>>>>
  /** Absent: no body was given. */
  readonly body?: Json
  /** Id or name. */
  readonly connection?: string
  readonly limit?: number
  /** Cursor to resume behind. */
  readonly after?: string
  /** Conditions on an event's data, for `compileFilter`. */
  readonly where?: unknown
}

/** `args` as graphql-js coerced them against the artifact's SDL. What is left out stays out; null is a value. */
export function wireArguments(
  artifact: Pick<Artifact, 'wireNames' | 'inputMembers'>,
  operation: Pick<CompiledOperation, 'arguments' | 'inputTypes'>,
  args: Readonly<Record<string, unknown>>,
): WiredArguments {
  const parameters: Record<ParameterDefinition['in'], [string, Json][]> = {
    path: [],
    query: [],
    header: [],
    form: [],
  }
  const wired: { body?: Json; connection?: string; limit?: number; after?: string; where?: unknown } = {}
  for (const [name, target] of Object.entries(operation.arguments)) {
    const given = ownMember(args, name)
    if (given === undefined) continue
    const value = wireValue(given, ownMember(operation.inputTypes, name), artifact)
    switch (target.to) {
      case 'parameter':
        parameters[target.in].push([target.name, value])
        break
      case 'body':
        wired.body = value
        break
      case 'where':
        if (given !== null) wired.where = given
        break
      case 'limit':
        if (typeof value === 'number') wired.limit = value
        break
      default:
        if (typeof value === 'string') wired[target.to] = value
    }
  }
  return {
    parameters: {
      path: Object.fromEntries(parameters.path),
      query: Object.fromEntries(parameters.query),
      header: Object.fromEntries(parameters.header),
      form: Object.fromEntries(parameters.form),
    },
    ...wired,
  }
}

/** `type` is undefined where nothing at or below the value was renamed. */
function wireValue(
  value: unknown,
  type: string | undefined,
  artifact: Pick<Artifact, 'wireNames' | 'inputMembers'>,
): Json {
  if (Array.isArray(value)) return value.map(item => wireValue(item, type, artifact))
  if (isUploadedFile(value)) return value
  if (!isJsonObject(value)) return leaf(value)
  const names = type === undefined ? undefined : ownMember(artifact.wireNames, type)
  const types = type === undefined ? undefined : ownMember(artifact.inputMembers, type)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(
    members.map(([name, member]) => [
      ownMember(names, name) ?? name,
      wireValue(member, ownMember(types, name), artifact),
    ]),
  )
}

/** Coercion leaves nothing but JSON's own values and bigint; whatever else came would have no form on the wire. */
function leaf(value: unknown): Json {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return value
    default:
      return null
  }
}
