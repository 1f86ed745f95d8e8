// What a connector's own subgraph (/graphql/<connector>) defines besides the connector's types, and the SDL that it
// tells a Federation 2 router by `_service { sdl }`.
import { type DocumentNode, Kind, parse, print } from 'graphql'

/** Types that connectors refer to and that the hub's SDL owns; a subgraph carries copies of them. */
const sharedNames = new Set(['DateTime', 'JSON', 'BigInt', 'File', 'Event'])

const feedReference = 'type Feed { id: ID! }'
const service = 'type _Service { sdl: String! }\nextend type Query { _service: _Service! }'

export interface SubgraphBase {
  /** For the executable schema. */
  readonly document: DocumentNode
  /** For routers: federation directives, no `_service`. */
  federated(connectorSdl: string): string
}

/** Cuts the shared types out of the hub's SDL. */
export function createSubgraphBase(hub: DocumentNode): SubgraphBase {
  const shared = hub.definitions.filter(
    definition =>
      'name' in definition && definition.name !== undefined && sharedNames.has(definition.name.value),
  )
  const sdl = shared.map(definition => print(definition)).join('\n')
  return {
    document: parse(`${sdl}\n${feedReference}\n${service}\ntype Query`, { noLocation: true }),
    federated(connectorSdl) {
      const shareable = sdl.replace('type File {', 'type File @shareable {')
      const link =
        'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])'
      return [
        link,
        shareable,
        'type Feed @key(fields: "id", resolvable: false) { id: ID! }',
        asDefinitions(connectorSdl),
      ].join('\n\n')
    },
  }
}

/** `extend type Query` becomes `type Query`: what routers compose. */
function asDefinitions(connectorSdl: string): string {
  const document = parse(connectorSdl, { noLocation: true })
  const definitions = document.definitions.map(definition =>
    definition.kind === Kind.OBJECT_TYPE_EXTENSION
      ? { ...definition, kind: Kind.OBJECT_TYPE_DEFINITION as const }
      : definition,
  )
  return print({ kind: Kind.DOCUMENT, definitions })
}
