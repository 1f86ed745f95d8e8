// The hub's own resolvers, one file a subject; a root type's fields come from all of them.
import type { Resolver, Resolvers } from '../resolver.ts'
import type { Services } from '../services.ts'
import { auditResolvers } from './audit.ts'
import { connectionResolvers } from './connections.ts'
import { connectorResolvers } from './connectors.ts'
import { dynamicResolvers } from './dynamic.ts'
import { feedResolvers } from './feeds.ts'
import { viewerResolvers } from './viewer.ts'

const subjects = [
  viewerResolvers,
  connectorResolvers,
  connectionResolvers,
  dynamicResolvers,
  feedResolvers,
  auditResolvers,
]

export function createHubResolvers(services: Services): Resolvers {
  const merged: Record<string, Record<string, Resolver>> = {}
  for (const subject of subjects)
    for (const [type, fields] of Object.entries(subject(services)))
      merged[type] = { ...merged[type], ...fields }
  return merged
}
