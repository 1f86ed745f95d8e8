// Reads the members of connectors' types: by the name on the wire, fitted to the declared type.
import { defaultFieldResolver, type GraphQLFieldResolver } from 'graphql'
import type { Artifact } from '../artifact.ts'
import { fitValue } from './fit-value.ts'
import { ownMember } from './own-member.ts'

/**
 * A resolver for every field that has no resolver of its own. Types of connectors (`<connector>_…`) are read by wire
 * name and never fail; all other types are read as graphql-js does by default. Root fields are not its business.
 */
export function createMemberResolver<Context>(
  artifacts: ReadonlyMap<string, Pick<Artifact, 'wireNames'>>,
): GraphQLFieldResolver<unknown, Context> {
  return (source, args, context, info) => {
    const { name } = info.parentType
    const artifact = artifacts.get(name.slice(0, Math.max(0, name.indexOf('_'))))
    if (!artifact) return defaultFieldResolver(source, args, context, info)
    const wire = ownMember(ownMember(artifact.wireNames, name), info.fieldName) ?? info.fieldName
    return fitValue(memberOf(source, wire), info.returnType)
  }
}

/** Own members only: a property called `constructor` must not find the language's. */
function memberOf(source: unknown, name: string): unknown {
  if (typeof source !== 'object' || source === null || !Object.hasOwn(source, name)) return null
  return Reflect.get(source, name)
}
