// How a resolver of the hub's own types looks. GraphQL has validated the arguments against schema/hub.graphql, so
// each resolver states their shape; this is the one place where that statement is taken on trust.
import type { RequestContext } from './context.ts'

/** `key` is what the field is called in the answer. */
export type Resolver = (source: unknown, args: unknown, context: RequestContext, key: string) => unknown

/** type → field → resolver. A field that is absent reads the member of the same name. */
export type Resolvers = Readonly<Record<string, Readonly<Record<string, Resolver>>>>

/** Declares a resolver with the types that the schema promises. */
export function field<Source, Args = Record<string, never>>(
  resolve: (source: Source, args: Args, context: RequestContext, key: string) => unknown,
): Resolver {
  return (source, args, context, key) => resolve(source as Source, args as Args, context, key)
}
