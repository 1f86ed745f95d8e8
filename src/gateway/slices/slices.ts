// From a parsed document to its slice. Slices are cached with a bound and rebuilt when a connector of theirs changes.
import { type DocumentNode, parse } from 'graphql'
import { JunctorError } from '../../errors.ts'
import type { Catalogue, Entry, LoadedConnector } from '../catalogue/catalogue.ts'
import type { Scope } from '../context.ts'
import { connectorSubgraphSdl, hubSubgraph, hubSubgraphSdl } from '../federation/subgraph-sdl.ts'
import { createWeightedCache } from '../weighted-cache.ts'
import { connectorOfField, rootFields } from './root-fields.ts'
import { buildSlice, type Slice, sliceKey } from './slice.ts'
import { connectorBase, hubBase } from './subgraph-base.ts'

/** SDL characters of the slices kept, each some fifteen bytes there; the hub's own types in each slice count too. */
const cachedCharacters = 4_000_000
const hubCharacters = 10_000

interface Cached {
  readonly slice: Slice
  readonly connectors: readonly LoadedConnector[]
}

type MayUse = (entry: Entry) => boolean

export interface Slices {
  /**
   * The slice that answers this document. `visible` are the connectors that introspection shows besides those that
   * the document names. Throws CONNECTOR_QUARANTINED, or CONNECTOR_NOT_FOUND for a subgraph that does not exist.
   */
  of(document: DocumentNode, scope: Scope, mayUse: MayUse, visible: readonly string[]): Promise<Slice>
  /** The SDL of a subgraph, for Federation 2 routers: a connector's, or the hub's own. */
  federatedSdl(subgraph: string): Promise<string>
}

export function createSlices(options: { catalogue: Catalogue; hubSdl: string }): Slices {
  const { catalogue } = options
  const hub = parse(options.hubSdl, { noLocation: true })
  const cache = createWeightedCache<Cached>({
    most: cachedCharacters,
    weigh: ({ connectors }) =>
      connectors.reduce((sum, { artifact }) => sum + (artifact?.sdl.length ?? 0), hubCharacters),
  })
  // No document gets the old version's slice, whose key nobody asks for; operations that hold it finish with it.
  catalogue.onChange(name =>
    cache.deleteWhere(({ connectors }) => connectors.some(connector => connector.entry.name === name)),
  )

  function built(kind: keyof typeof bases, connectors: readonly LoadedConnector[]): Slice {
    const key = sliceKey(kind, connectors)
    const cached = cache.get(key)
    if (cached) return cached.slice
    const slice = buildSlice(key, bases[kind](connectors), connectors)
    cache.set(key, { slice, connectors })
    return slice
  }

  const bases = {
    graph: () => hub,
    hub: () => hubBase(hub),
    connector: (connectors: readonly LoadedConnector[]) =>
      connectorBase(
        hub,
        connectors.flatMap(({ artifact }) => artifact?.operations ?? []),
      ),
  }

  async function serving(name: string): Promise<LoadedConnector> {
    const connector = await catalogue.load(name)
    if (!connector) throw notFound(name)
    if (connector.artifact) return connector
    throw new JunctorError(
      'CONNECTOR_QUARANTINED',
      `The connector "${name}" is quarantined; ask connector(name: "${name}") { diagnostics { message } } why.`,
      { details: { connector: name } },
    )
  }

  async function ofSubgraph(name: string, mayUse: MayUse): Promise<Slice> {
    if (name === hubSubgraph) return built('hub', [])
    const entry = catalogue.get(name)
    if (!entry || !mayUse(entry)) throw notFound(name)
    return built('connector', [await serving(name)])
  }

  /** A name that nobody has falls through to validation, whose error names the field. */
  function touched(fields: ReadonlySet<string>, mayUse: MayUse): Promise<LoadedConnector[]> {
    const names = new Set([...fields].flatMap(field => connectorOfField(field) ?? []))
    const entries = [...names].flatMap(name => catalogue.get(name) ?? [])
    return Promise.all(entries.filter(mayUse).map(entry => serving(entry.name)))
  }

  async function shown(names: readonly string[], mayUse: MayUse): Promise<LoadedConnector[]> {
    const entries = names.flatMap(name => catalogue.get(name) ?? []).filter(mayUse)
    const connectors = await Promise.all(entries.map(entry => catalogue.load(entry.name)))
    return connectors.flatMap(connector => (connector?.artifact ? [connector] : []))
  }

  return {
    async of(document, scope, mayUse, visible) {
      if (scope.kind === 'subgraph') return ofSubgraph(scope.connector, mayUse)
      const wanted = rootFields(document)
      const connectors = await touched(wanted.names, mayUse)
      if (wanted.introspects) connectors.push(...(await shown([...scope.named, ...visible], mayUse)))
      const byName = new Map(connectors.map(connector => [connector.entry.name, connector]))
      return built(
        'graph',
        [...byName.values()].sort((a, b) => (a.entry.name < b.entry.name ? -1 : 1)),
      )
    },
    async federatedSdl(name) {
      if (name === hubSubgraph) return hubSubgraphSdl(hub)
      return connectorSubgraphSdl(hub, (await serving(name)).artifact?.sdl ?? '')
    },
  }
}

function notFound(name: string): JunctorError {
  return new JunctorError('CONNECTOR_NOT_FOUND', `There is no connector named "${name}".`, {
    details: { connector: name },
  })
}
