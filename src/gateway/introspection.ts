// What introspection shows: the bundled connectors and those the caller has connections for, never all that is
// installed.
import type { Actor } from '../identity/index.ts'
import type { Entry } from './catalogue/catalogue.ts'
import type { Services } from './services.ts'

const mostConnections = 200

/** True where this caller may see and use the connector at all; whose credentials it uses is another question. */
export function mayUseConnector(actor: Actor | null, entry: Entry): boolean {
  if (entry.origin.kind !== 'imported') return true
  return actor?.organizationIds.includes(entry.origin.organizationId) ?? false
}

/** Names of the connectors that introspection shows to this caller. */
export async function visibleConnectors(services: Services, actor: Actor | null): Promise<readonly string[]> {
  const bundled = services.catalogue.list().filter(entry => entry.origin.kind === 'bundled')
  const names = new Set(bundled.map(entry => entry.name))
  if (actor) {
    const page = await services.connections.list(actor, { first: mostConnections })
    for (const connection of page.nodes) names.add(connection.connector)
  }
  return [...names]
}
