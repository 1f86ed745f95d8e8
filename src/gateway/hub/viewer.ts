// Query.viewer.
import type { Actor } from '../../identity/index.ts'
import { field, type Resolvers } from '../resolver.ts'
import type { Services } from '../services.ts'

export function viewerResolvers({ identity }: Services): Resolvers {
  return {
    Query: { viewer: field((_source, _args, context) => context.actor) },
    Viewer: {
      id: field<Actor>(actor => actor.userId),
      email: field<Actor>(actor => actor.email),
      name: field<Actor>(actor => actor.name),
      admin: field<Actor>(actor => actor.admin),
      organization: field<Actor>(actor => identity.organization(actor.organizationId)),
    },
  }
}
