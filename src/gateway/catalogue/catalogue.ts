// All installed connectors. A start reads the index, not the packages; a connector is compiled once for its content,
// beside the hub, and loaded when somebody uses it. One that cannot be compiled is quarantined, nothing more. A change
// touches the connectors that changed; whoever holds an old version finishes with it.
import type { ConnectorIdentity } from '../../connections/index.ts'
import { JunctorError } from '../../errors.ts'
import type { Logger } from '../../telemetry/index.ts'
import { createWeightedCache } from '../weighted-cache.ts'
import type { ArtifactFiles } from './artifact-files.ts'
import { type Compiled, type Source, type Status, type Summary, statusOf } from './compiled.ts'
import type { Compiler } from './compiler.ts'
import type { IndexFile } from './index-file.ts'
import { type Installed, identityOf, type Origin } from './installed.ts'
import { createInstalledNames } from './installed-names.ts'

/** SDL characters of the loaded connectors kept in memory, each some five bytes there; the others are read when used. */
const loadedCharacters = 4_000_000

/** One installed connector. A replaced one is another entry. */
export interface Entry {
  readonly name: string
  readonly origin: Origin
}

/** An entry with everything that serving it needs. */
export interface LoadedConnector extends Compiled {
  readonly entry: Entry
  readonly status: Status
}

export interface Catalogue {
  /** Null where nothing of that name is installed. */
  get(name: string): Entry | null
  /** The import that does not serve because a connector of a folder has its name; null for none. */
  hiddenImport(name: string): Entry | null
  /** Sorted by name. */
  list(): readonly Entry[]
  summary(entry: Entry): Promise<Summary>
  /** Reads, and where need be compiles, a connector. Null where nothing of that name is installed. */
  load(name: string): Promise<LoadedConnector | null>
  /** Puts a connector in, or in the place of the one with its name. */
  put(installed: Installed, compiled: Compiled): Promise<LoadedConnector>
  /** Takes an import out; false where it is not there, though another may have its name. */
  drop(of: ConnectorIdentity): boolean
  /** Makes these all there is of that kind. Only what differs is touched, and compiled in the background. */
  replaceAll(kind: Origin['kind'], installed: readonly Installed[]): void
  /** Counts `put` and `drop`: tells whether what was read of the store meanwhile is still the newest. */
  revision(): number
  /** Calls back with the name of each connector that was put, replaced or dropped. */
  onChange(listener: (name: string) => void): void
  /** Compiles without installing, to see whether a document is any good. */
  trial(name: string, source: Source): Promise<Compiled>
}

interface Options {
  /** What is installed at the start. */
  readonly installed: Readonly<Record<Origin['kind'], readonly Installed[]>>
  readonly compiler: Compiler
  readonly files: ArtifactFiles
  readonly index: IndexFile
  readonly logger: Logger
}

/** What the catalogue keeps of an entry besides. */
interface Held extends Entry {
  readonly installed: Installed
  summary: Summary | null
  loading: { readonly done: Promise<LoadedConnector>; hurry(): void } | null
}

/** Opens the catalogue of what is installed. What the index does not know is compiled in the background. */
export function openCatalogue({ installed: atStart, files, compiler, index, logger }: Options): Catalogue {
  const names = createInstalledNames()
  const entries = new Map<string, Held>()
  let sorted: readonly Held[] | null = null
  const loaded = createWeightedCache<LoadedConnector>({
    most: loadedCharacters,
    weigh: connector => connector.artifact?.sdl.length ?? 0,
  })
  const listeners: ((name: string) => void)[] = []
  const known = new Map(index.load())
  /** Stamps of the hidden, by name. */
  const told = new Map<string, string>()
  let revision = 0

  const saveIndex = () =>
    index.save(() => {
      const rows = [...entries.values()].flatMap(({ name, installed, summary }) =>
        summary ? [[name, { stamp: installed.stamp, summary }] as const] : [],
      )
      return new Map(rows)
    })

  /** What serves under the name becomes its entry; null where that is what it was. */
  function settle(name: string): Held | null {
    tellHidden(name)
    const before = entries.get(name)
    const installed = names.serving(name)
    if (before?.installed.stamp === installed?.stamp) return null
    loaded.delete(name)
    sorted = null
    if (!installed) entries.delete(name)
    else {
      const last = known.get(name)
      known.delete(name)
      const summary = last?.stamp === installed.stamp ? last.summary : null
      entries.set(name, { name, origin: installed.origin, installed, summary, loading: null })
      for (const { message } of installed.diagnostics)
        logger.warn({ connector: name, origin: installed.origin }, message)
    }
    for (const listener of listeners) listener(name)
    return entries.get(name) ?? null
  }

  /** Says once that an import is hidden: its people find another connector under the name. */
  function tellHidden(name: string): void {
    const [hidden] = names.hidden(name)
    const news = hidden && told.get(name) !== hidden.stamp
    if (hidden) told.set(name, hidden.stamp)
    else told.delete(name)
    if (!news) return
    logger.warn(
      { connector: name, hidden: hidden.origin, serving: names.serving(name)?.origin },
      `The import "${name}" does not serve, because one that comes with the hub or is in a folder has its name: rename the folder, or have the import removed.`,
    )
  }

  function accept(held: Held, compiled: Compiled, artifact: string | null): LoadedConnector {
    const { name } = held
    const diagnostics = [...held.installed.diagnostics, ...compiled.diagnostics]
    // What another one's name makes of its own costs it nothing.
    const connector = { ...compiled, diagnostics, entry: held, status: statusOf(compiled) }
    if (connector.status === 'QUARANTINED')
      logger.warn(
        { connector: name, diagnostics: compiled.diagnostics.slice(0, 3) },
        'A connector is quarantined.',
      )
    held.summary = summarise(connector, artifact)
    return connector
  }

  /** Serves at once; the file is written behind. */
  function take(held: Held, compiled: Compiled): LoadedConnector {
    const connector = accept(held, compiled, null)
    void files
      .write(held.name, compiled)
      .catch(error => {
        logger.warn(
          { error, connector: held.name },
          'A compiled connector could not be stored; it is compiled again at the next start.',
        )
        return null
      })
      .then(artifact => {
        if (held.summary) held.summary = { ...held.summary, artifact }
        saveIndex()
      })
    return connector
  }

  function begin(held: Held, urgent: boolean): NonNullable<Held['loading']> {
    let hurried = urgent
    let job: { hurry(): void } | null = null
    const run = async (): Promise<LoadedConnector> => {
      const artifact = held.summary?.artifact ?? null
      const stored = artifact === null ? null : await files.read(artifact)
      if (stored) return accept(held, stored, artifact)
      const source = await held.installed.source()
      const started = compiler.compile(held.name, source, hurried)
      job = started
      return take(held, await started.done)
    }
    const keep = (connector: LoadedConnector): LoadedConnector => {
      // What nobody waited for is not kept in memory either.
      if (hurried && entries.get(held.name) === held) loaded.set(held.name, connector)
      return connector
    }
    const done = run()
      .then(keep)
      .finally(() => {
        held.loading = null
      })
    const hurry = (): void => {
      hurried = true
      job?.hurry()
    }
    return { done, hurry }
  }

  function load(held: Held, urgent: boolean): Promise<LoadedConnector> {
    const ready = loaded.get(held.name)
    if (ready && ready.entry === held) return Promise.resolve(ready)
    held.loading ??= begin(held, urgent)
    if (urgent) held.loading.hurry()
    return held.loading.done
  }

  function compileBehind(held: Held): void {
    load(held, false).catch(error =>
      logger.error({ error, connector: held.name }, 'A connector could not be read.'),
    )
  }

  function replaceAll(kind: Origin['kind'], installed: readonly Installed[]): void {
    for (const name of names.replaceAll(kind, installed)) {
      const held = settle(name)
      if (held && !held.summary) compileBehind(held)
    }
    saveIndex()
  }

  // In the order of precedence, so that nothing hidden is compiled.
  for (const kind of ['bundled', 'folder', 'imported'] as const) replaceAll(kind, atStart[kind])
  const artifacts = [...entries.values()].flatMap(({ summary }) => summary?.artifact ?? [])
  files
    .prune(new Set(artifacts))
    .catch(error => logger.warn({ error }, 'Artifacts that nothing uses could not be removed.'))

  return {
    get: name => entries.get(name) ?? null,
    hiddenImport(name) {
      const hidden = names.hidden(name).find(({ origin }) => origin.kind === 'imported')
      return hidden ? { name, origin: hidden.origin } : null
    },
    list() {
      sorted ??= [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
      return sorted
    },
    async summary(entry) {
      const held = entries.get(entry.name)
      if (!held || identityOf(held).importId !== identityOf(entry).importId) throw removed(entry.name)
      return held.summary ?? summarise(await load(held, true), null)
    },
    async load(name) {
      const held = entries.get(name)
      return held ? load(held, true) : null
    },
    async put(installed, compiled) {
      revision++
      names.put(installed)
      settle(installed.name)
      const held = entries.get(installed.name)
      if (held?.installed.stamp !== installed.stamp)
        throw new JunctorError('CONFLICT', `The name "${installed.name}" was taken meanwhile.`)
      const connector = take(held, compiled)
      loaded.set(held.name, connector)
      return connector
    },
    drop(of) {
      revision++
      if (!names.drop(of)) return false
      const held = settle(of.connector)
      if (held && !held.summary) compileBehind(held)
      saveIndex()
      return true
    },
    replaceAll,
    revision: () => revision,
    onChange: listener => void listeners.push(listener),
    trial: (name, source) => compiler.compile(name, source, true).done,
  }
}

function summarise({ entry, definition, status }: LoadedConnector, artifact: string | null): Summary {
  return {
    title: definition?.title ?? entry.name,
    ...(definition?.description === undefined ? {} : { description: definition.description }),
    status,
    artifact,
  }
}

function removed(name: string): JunctorError {
  return new JunctorError('CONNECTOR_NOT_FOUND', `The connector "${name}" was removed.`)
}
