// Query.auditLog.
import { field, type Resolvers } from '../resolver.ts'
import type { Services } from '../services.ts'
import type { PageArgs } from './page.ts'

export function auditResolvers({ audit }: Services): Resolvers {
  return {
    Query: {
      auditLog: field<unknown, PageArgs & { connection?: string | null }>(async (_source, args, context) => {
        const { nodes, hasNextPage, endCursor } = await audit.list(context.actor, {
          ...args,
          connectionId: args.connection ?? null,
        })
        return { nodes, pageInfo: { hasNextPage, endCursor } }
      }),
    },
  }
}
