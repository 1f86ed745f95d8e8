// How graphql-js resolves the fields of a slice, where it runs an operation.
import { defaultFieldResolver, type GraphQLFieldResolver, type GraphQLResolveInfo } from 'graphql'
import { fitValue } from '../subgraph/index.ts'
import type { RequestContext } from './context.ts'
import type { Resolver, Resolvers } from './resolver.ts'
import { connectorOfField } from './slices/root-fields.ts'
import type { Slice } from './slices/slice.ts'

interface Dispatching {
  readonly hub: Resolvers
  /** Resolves a connector's root query or mutation; null for any other field. */
  readonly call: (field: string) => Resolver | null
  readonly sdl: (subgraph: string, slice: Slice) => string
}

const rootTypes = new Set(['Query', 'Mutation'])

/** The one field resolver of a slice: hub types by table, connectors' roots by operation, members by wire name. */
export function dispatch(
  slice: Slice,
  { hub, call, sdl }: Dispatching,
): GraphQLFieldResolver<unknown, RequestContext> {
  return (source, args, context, info) => {
    const type = info.parentType.name
    const own = hub[type]?.[info.fieldName] ?? eventField(info, hub)
    if (type === 'Subscription') return source
    if (own) return own(source, args, context, String(info.path.key))
    if (rootTypes.has(type)) {
      if (info.fieldName === '_service' && context.scope.kind === 'subgraph')
        return { sdl: sdl(context.scope.connector, slice) }
      const key = String(info.path.key)
      return fitted(call(info.fieldName)?.(source, args, context, key), info)
    }
    return connectorOfField(type)
      ? slice.member(source, args, context, info)
      : defaultFieldResolver(source, args, context, info)
  }
}

/** One odd value must not fail the field: what an API answers is fitted to what its swagger declares. */
async function fitted(value: unknown, info: GraphQLResolveInfo): Promise<unknown> {
  return fitValue(await value, info.returnType)
}

/** Every trigger has an event type of its own; what they share is resolved once, for the interface. */
function eventField(info: GraphQLResolveInfo, hub: Resolvers): Resolver | undefined {
  const shared = hub.Event?.[info.fieldName]
  return shared && info.parentType.getInterfaces().some(({ name }) => name === 'Event') ? shared : undefined
}
