// From a parsed document to its slice. Slices are cached with a bound and rebuilt when a connector of theirs changes.
import { type DocumentNode, parse } from 'graphql'
import { JunctorError } from '../../errors.ts'
import type { Catalogue, Entry, LoadedConnector } from '../catalogue/catalogue.ts'
import { type Scope, signInFirst } from '../context.ts'
import { connectorSubgraphSdl, hubSubgraph, hubSubgraphSdl } from '../federation/subgraph-sdl.ts'
import { maxRootFields } from '../limits.ts'
import { createWeightedCache } from '../weighted-cache.ts'
import { rootFields } from './root-fields.ts'
import { buildSlice, type Slice, sliceKey } from './slice.ts'
import { connectorBase, hubBase } from './subgraph-base.ts'

/** Connectors of one slice that a caller may name, in a document or by `?connectors=`. */
const mostNamed = maxRootFields
/** SDL characters of one slice. */
const largestSlice = 4_000_000
/** SDL characters of the slices kept, each some fifteen bytes there; the hub's own types in each slice count too. */
const cachedCharacters = 4_000_000
const hubCharacters = 10_000

interface Cached {
  readonly slice: Slice
  readonly connectors: readonly LoadedConnector[]
}

/** What a document was answered by, for callers who may use all that it names. */
interface Answered {
  readonly key: string
  readonly entries: readonly Entry[]
}

export interface SliceCaller {
  readonly signedIn: boolean
  mayUse(entry: Entry): boolean
  /** Connectors that introspection shows besides those that the caller names. */
  visible(): Promise<readonly string[]>
}

export interface Slices {
  /**
   * The slice that answers this document. Throws CONNECTOR_QUARANTINED, CONNECTOR_NOT_FOUND for a subgraph that does
   * not exist, LIMIT_EXCEEDED where more is named than one slice may hold, and UNAUTHENTICATED before anything but a
   * bundled connector is read for nobody.
   */
  of(document: DocumentNode, scope: Scope, caller: SliceCaller): Promise<Slice>
  /** The same where it is at hand, since it answered this document before; null where `of` must find out. */
  known(document: DocumentNode, scope: Scope, caller: Omit<SliceCaller, 'visible'>): Slice | null
  /** The SDL of a subgraph that `of` gave the slice of, for Federation 2 routers: a connector's, or the hub's own. */
  federatedSdl(subgraph: string, slice: Slice): string
}

export function createSlices(options: { catalogue: Catalogue; hubSdl: string }): Slices {
  const { catalogue } = options
  const hub = parse(options.hubSdl, { noLocation: true })
  const cache = createWeightedCache<Cached>({
    most: cachedCharacters,
    weigh: ({ connectors }) => weightOf(connectors) + hubCharacters,
  })
  let answered = new WeakMap<DocumentNode, Answered>()
  // No document gets the old version's slice, whose key nobody asks for; operations that hold it finish with it.
  catalogue.onChange(name => {
    answered = new WeakMap()
    cache.deleteWhere(({ connectors }) => connectors.some(connector => connector.entry.name === name))
  })

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

  async function ofSubgraph(name: string, caller: SliceCaller): Promise<Slice> {
    if (name === hubSubgraph) return built('hub', [])
    const entry = catalogue.get(name)
    if (!entry || !caller.mayUse(entry)) throw notFound(name)
    return built('connector', [await serving(name)])
  }

  /** Those that are installed; a name that nobody has falls through to validation, whose error names the field. */
  function installed(names: ReadonlySet<string>): readonly Entry[] {
    return [...names].flatMap(name => catalogue.get(name) ?? [])
  }

  /** What the caller names of what they may use. */
  function namedEntries(names: ReadonlySet<string>, caller: SliceCaller): readonly Entry[] {
    const entries = installed(names).filter(entry => caller.mayUse(entry))
    if (entries.length > mostNamed) throw tooMuch(`more than ${mostNamed} connectors`)
    if (mustSignIn(entries, caller)) throw signInFirst()
    return entries
  }

  /** Those that introspection shows as well, as far as they fit. One that is quarantined has nothing to show. */
  async function shown(
    names: readonly string[],
    caller: SliceCaller,
    room: number,
  ): Promise<LoadedConnector[]> {
    const connectors: LoadedConnector[] = []
    let left = room
    for (const name of names) {
      const entry = catalogue.get(name)
      const connector = entry && caller.mayUse(entry) ? await catalogue.load(name) : null
      if (!connector?.artifact) continue
      left -= weightOf([connector])
      if (left < 0) break
      connectors.push(connector)
    }
    return connectors
  }

  async function ofGraph(
    document: DocumentNode,
    named: readonly string[],
    caller: SliceCaller,
  ): Promise<Slice> {
    const { connectors: touched, introspects } = rootFields(document)
    const serve = ({ name }: Entry) => serving(name)
    const entries = namedEntries(touched, caller)
    const before = answered
    const connectors = await Promise.all(entries.map(serve))
    const weight = weightOf(connectors)
    if (weight > largestSlice) throw tooMuch('connectors that are too large together')
    if (introspects) {
      const asked = namedEntries(new Set(named), caller).map(({ name }) => name)
      const also = [...asked, ...(await caller.visible())].filter(name => !touched.has(name))
      connectors.push(...(await shown([...new Set(also)], caller, largestSlice - weight)))
    }
    const slice = built(
      'graph',
      connectors.toSorted((a, b) => (a.entry.name < b.entry.name ? -1 : 1)),
    )
    // What others may see besides is another slice, and so is what they may use where this caller may not.
    if (!introspects && entries.length === installed(touched).length)
      before.set(document, { key: slice.key, entries })
    return slice
  }

  return {
    of: (document, scope, caller) =>
      scope.kind === 'subgraph'
        ? ofSubgraph(scope.connector, caller)
        : ofGraph(document, scope.named, caller),
    known(document, scope, caller) {
      const found = scope.kind === 'graph' ? answered.get(document) : undefined
      if (!found || mustSignIn(found.entries, caller)) return null
      return found.entries.every(entry => caller.mayUse(entry)) ? (cache.get(found.key)?.slice ?? null) : null
    },
    federatedSdl(name, { connectors }) {
      if (name === hubSubgraph) return hubSubgraphSdl(hub)
      return connectorSubgraphSdl(hub, connectors.map(({ artifact }) => artifact?.sdl ?? '').join())
    },
  }
}

/** What ships with the hub is for everybody to look at. */
function mustSignIn(entries: readonly Entry[], { signedIn }: Pick<SliceCaller, 'signedIn'>): boolean {
  return !signedIn && entries.some(({ origin }) => origin.kind !== 'bundled')
}

/** In SDL characters. */
function weightOf(connectors: readonly LoadedConnector[]): number {
  return connectors.reduce((sum, { artifact }) => sum + (artifact?.sdl.length ?? 0), 0)
}

function tooMuch(what: string): JunctorError {
  return new JunctorError(
    'LIMIT_EXCEEDED',
    `One request names ${what}; ask for fewer at a time, or for one at /graphql/<connector>.`,
  )
}

function notFound(name: string): JunctorError {
  return new JunctorError('CONNECTOR_NOT_FOUND', `There is no connector named "${name}".`, {
    details: { connector: name },
  })
}
