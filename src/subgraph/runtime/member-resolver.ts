// Reads the members of connectors' types: by the name on the wire, fitted to the declared type.
import { defaultFieldResolver, type GraphQLFieldResolver } from 'graphql'
import type { Artifact } from '../artifact.ts'
import { fitValue } from './fit-value.ts'
import { ownMember } from './own-member.ts'

/** What a member is called on the wire; null for a type that is no connector's (`<connector>_…`). */
export type WireNames = (type: string, field: string) => string | null

export function wireNamesOf(artifacts: ReadonlyMap<string, Pick<Artifact, 'wireNames'>>): WireNames {
  return (type, field) => {
    const artifact = artifacts.get(type.slice(0, Math.max(0, type.indexOf('_'))))
    return artifact ? (ownMember(ownMember(artifact.wireNames, type), field) ?? field) : null
  }
}

/**
 * A resolver for every field that has no resolver of its own. Types of connectors are read by wire name and never fail;
 * all other types are read as graphql-js does by default. Root fields are not its business.
 */
export function createMemberResolver<Context>(wireName: WireNames): GraphQLFieldResolver<unknown, Context> {
  return (source, args, context, info) => {
    const wire = wireName(info.parentType.name, info.fieldName)
    return wire === null
      ? defaultFieldResolver(source, args, context, info)
      : fitValue(memberOf(source, wire), info.returnType)
  }
}

/** Own members only: a property called `constructor` must not find the language's. */
export function memberOf(source: unknown, name: string): unknown {
  if (typeof source !== 'object' || source === null || !Object.hasOwn(source, name)) return null
  return Reflect.get(source, name)
}
