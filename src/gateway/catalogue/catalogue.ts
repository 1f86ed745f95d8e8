// All installed connectors. A start reads the index, not the packages; a connector is compiled once for its content,
// off the event loop, and loaded when somebody uses it. One that cannot be compiled is quarantined, nothing more.
import QuickLRU from 'quick-lru'
import { JunctorError } from '../../errors.ts'
import type { Store } from '../../store/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import type { ArtifactFiles } from './artifact-files.ts'
import { type Compiled, type Source, type Status, type Summary, statusOf } from './compiled.ts'
import type { Compiler } from './compiler.ts'
import type { IndexEntry, IndexFile } from './index-file.ts'
import { type Installed, installedFolders, installedImports, type Origin } from './installed.ts'

/** Loaded connectors kept in memory; the others are read again when they are used. */
const loadedConnectors = 64

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
  /** Sorted by name. */
  list(): readonly Entry[]
  summary(entry: Entry): Promise<Summary>
  /** Reads, and where need be compiles, a connector. Null where nothing of that name is installed. */
  load(name: string): Promise<LoadedConnector | null>
  /** Puts a connector in, or in the place of the one with its name. Other connectors are not touched. */
  put(installed: Installed, compiled?: Compiled): Promise<LoadedConnector>
  /** Takes a connector out; false where there is none. */
  drop(name: string): boolean
  /** Compiles without installing, to see whether a document is any good. */
  trial(name: string, source: Source): Promise<Compiled>
}

interface Options {
  readonly store: Store
  readonly bundledFolder: string
  readonly folders: readonly string[]
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

/** Finds everything that is installed; what the index does not know is compiled in the background. */
export async function openCatalogue(options: Options): Promise<Catalogue> {
  const { files, compiler, index, logger } = options
  const entries = new Map<string, Held>()
  const loaded = new QuickLRU<string, LoadedConnector>({ maxSize: loadedConnectors })
  const known = index.load()
  let saving = false

  function hold(installed: Installed): Held {
    const before = known.get(installed.name)
    const summary = before?.stamp === installed.stamp ? before.summary : null
    const held: Held = { name: installed.name, origin: installed.origin, installed, summary, loading: null }
    entries.set(held.name, held)
    return held
  }

  /** Saves soon, and once for many changes; a hub that is killed before only compiles again. */
  function saveIndex(): void {
    if (saving) return
    saving = true
    setImmediate(() => {
      saving = false
      const rows = [...entries.values()].flatMap((held): [string, IndexEntry][] =>
        held.summary ? [[held.name, { stamp: held.installed.stamp, summary: held.summary }]] : [],
      )
      index
        .save(new Map(rows))
        .catch(error => logger.warn({ error }, 'The index of connectors could not be saved.'))
    })
  }

  function accept(held: Held, compiled: Compiled, artifact: string | null): LoadedConnector {
    const connector = { ...compiled, entry: held, status: statusOf(compiled) }
    if (connector.status === 'QUARANTINED')
      logger.warn(
        { connector: held.name, diagnostics: compiled.diagnostics.slice(0, 3) },
        'A connector is quarantined.',
      )
    held.summary = summarise(held.name, connector, artifact)
    if (entries.get(held.name) === held) loaded.set(held.name, connector)
    saveIndex()
    return connector
  }

  async function store(held: Held, compiled: Compiled): Promise<LoadedConnector> {
    const artifact = await files.write(held.name, compiled).catch(error => {
      logger.warn(
        { error, connector: held.name },
        'A compiled connector could not be stored; it is compiled again at the next start.',
      )
      return null
    })
    return accept(held, compiled, artifact)
  }

  function compileNow(held: Held, urgent: boolean): NonNullable<Held['loading']> {
    let job: { hurry(): void } | null = null
    const run = async (): Promise<LoadedConnector> => {
      const stored = held.summary?.artifact ? files.read(held.summary.artifact) : null
      if (stored) return accept(held, stored, held.summary?.artifact ?? null)
      const started = compiler.compile(held.name, await held.installed.source(), urgent)
      job = started
      return store(held, await started.done)
    }
    const done = run().finally(() => {
      held.loading = null
    })
    return { done, hurry: () => job?.hurry() }
  }

  function load(held: Held, urgent: boolean): Promise<LoadedConnector> {
    const ready = loaded.get(held.name)
    if (ready && ready.entry === held) return Promise.resolve(ready)
    held.loading ??= compileNow(held, urgent)
    if (urgent) held.loading.hurry()
    return held.loading.done
  }

  for (const installed of await installedImports(options.store)) hold(installed)
  for (const [folders, kind] of [
    [options.folders, 'folder'],
    [[options.bundledFolder], 'bundled'],
  ] as const)
    for (const installed of await installedFolders(folders, kind, logger)) {
      if (entries.has(installed.name))
        logger.warn(
          { connector: installed.name },
          'Two connectors share this name; the one of the hub’s own folders serves.',
        )
      hold(installed)
    }
  for (const held of entries.values())
    if (!held.summary)
      void load(held, false).catch(error =>
        logger.error({ error, connector: held.name }, 'A connector could not be read.'),
      )

  return {
    get: name => entries.get(name) ?? null,
    list: () => [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    async summary(entry) {
      const held = entries.get(entry.name)
      if (!held) throw new JunctorError('CONNECTOR_NOT_FOUND', `The connector "${entry.name}" was removed.`)
      return held.summary ?? summarise(held.name, await load(held, true), null)
    },
    async load(name) {
      const held = entries.get(name)
      return held ? load(held, true) : null
    },
    async put(installed, compiled) {
      loaded.delete(installed.name)
      const held = hold(installed)
      return compiled ? store(held, compiled) : load(held, true)
    },
    drop(name) {
      loaded.delete(name)
      const had = entries.delete(name)
      if (had) saveIndex()
      return had
    },
    trial: (name, source) => compiler.compile(name, source, true).done,
  }
}

function summarise(name: string, connector: LoadedConnector, artifact: string | null): Summary {
  const { definition, status } = connector
  return {
    title: definition?.title ?? name,
    ...(definition?.description === undefined ? {} : { description: definition.description }),
    status,
    artifact,
  }
}
