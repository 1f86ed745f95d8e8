// From a parsed document to its slice. Slices are cached with a bound and rebuilt when a connector of theirs changes.
import { type DocumentNode, parse } from 'graphql'
import QuickLRU from 'quick-lru'
import { JunctorError } from '../../errors.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Entry } from '../catalogue/entry.ts'
import type { Scope } from '../context.ts'
import { connectorOfField, rootFields } from './root-fields.ts'
import { buildSlice, type Slice, sliceKey } from './slice.ts'
import { createSubgraphBase } from './subgraph-base.ts'

const cachedSlices = 100

export interface Slices {
  /**
   * The slice that answers this document. `visible` are the connectors that introspection shows besides those that
   * the document names. Throws CONNECTOR_QUARANTINED, or CONNECTOR_NOT_FOUND for a subgraph that does not exist.
   */
  of(
    document: DocumentNode,
    scope: Scope,
    mayUse: (entry: Entry) => boolean,
    visible: readonly string[],
  ): Slice
  /** The SDL of a connector's subgraph, for Federation 2 routers. */
  federatedSdl(connector: string): string
}

export function createSlices(options: { catalogue: Catalogue; hubSdl: string }): Slices {
  const { catalogue } = options
  const hub = parse(options.hubSdl, { noLocation: true })
  const subgraph = createSubgraphBase(hub)
  const cache = new QuickLRU<string, Slice>({ maxSize: cachedSlices })

  function built(base: 'graph' | 'subgraph', entries: readonly Entry[]): Slice {
    const key = sliceKey(base, entries)
    const cached = cache.get(key)
    if (cached) return cached
    const slice = buildSlice(key, base === 'graph' ? hub : subgraph.document, entries)
    cache.set(key, slice)
    return slice
  }

  function serving(name: string): Entry {
    const entry = catalogue.get(name)
    if (!entry) throw notFound(name)
    if (entry.artifact) return entry
    throw new JunctorError(
      'CONNECTOR_QUARANTINED',
      `The connector "${name}" is quarantined; ask connector(name: "${name}") { diagnostics { message } } why.`,
      { details: { connector: name } },
    )
  }

  type MayUse = (entry: Entry) => boolean

  function ofSubgraph(connector: string, mayUse: MayUse): Slice {
    const entry = serving(connector)
    if (!mayUse(entry)) throw notFound(connector)
    return built('subgraph', [entry])
  }

  /** A name that nobody has falls through to validation, whose error names the field. */
  function touched(fields: ReadonlySet<string>, mayUse: MayUse): Entry[] {
    const names = new Set([...fields].flatMap(field => connectorOfField(field) ?? []))
    const entries = [...names].flatMap(name => catalogue.get(name) ?? [])
    return entries.filter(mayUse).map(entry => serving(entry.name))
  }

  function shown(names: readonly string[], mayUse: MayUse): Entry[] {
    return names.flatMap(name => catalogue.get(name) ?? []).filter(entry => entry.artifact && mayUse(entry))
  }

  return {
    of(document, scope, mayUse, visible) {
      if (scope.kind === 'subgraph') return ofSubgraph(scope.connector, mayUse)
      const wanted = rootFields(document)
      const entries = touched(wanted.names, mayUse)
      if (wanted.introspects) entries.push(...shown([...scope.named, ...visible], mayUse))
      return built(
        'graph',
        [...new Set(entries)].sort((a, b) => (a.name < b.name ? -1 : 1)),
      )
    },
    federatedSdl: connector => subgraph.federated(serving(connector).artifact?.sdl ?? ''),
  }
}

function notFound(name: string): JunctorError {
  return new JunctorError('CONNECTOR_NOT_FOUND', `There is no connector named "${name}".`, {
    details: { connector: name },
  })
}
