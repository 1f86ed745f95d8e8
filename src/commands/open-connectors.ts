// The part of `serve` that knows where connectors come from: the hub's own folder, the operator's, the store.
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import {
  type Catalogue,
  type Compiler,
  createArtifactFiles,
  createCompiler,
  createIndexFile,
  followImports,
  installedFolders,
  installedImports,
  openCatalogue,
  watchFolders,
} from '../gateway/index.ts'
import type { Store } from '../store/index.ts'
import type { Logger } from '../telemetry/index.ts'

interface Options {
  readonly config: Pick<Config, 'dataFolder' | 'databaseUrl' | 'connectorFolders'>
  readonly bundledFolder: string
  readonly store: Store
  /** Follow edits in the folders. */
  readonly watch: boolean
  readonly clock: Clock
  readonly logger: Logger
}

export interface Connectors extends AsyncDisposable {
  readonly catalogue: Catalogue
  readonly compiler: Compiler
}

/** Opens the catalogue and keeps it up with what it is made of. Throws NOT_FOUND for a folder that cannot be read. */
export async function openConnectors(options: Options): Promise<Connectors> {
  const { config, store, clock, logger } = options
  const { dataFolder } = config
  await using stack = new AsyncDisposableStack()
  const readFolders = () =>
    installedFolders({ bundled: [options.bundledFolder], folder: config.connectorFolders })
  const [folders, imported] = await Promise.all([readFolders(), installedImports(store)])
  const index = stack.use(createIndexFile({ dataFolder, logger }))
  const compiler = stack.use(createCompiler({ clock }))
  const files = createArtifactFiles({ dataFolder, clock, logger })
  const catalogue = openCatalogue({
    installed: { ...folders, imported },
    compiler,
    files,
    index,
    logger,
  })
  // Nobody shares the embedded store.
  if (config.databaseUrl) stack.use(followImports({ store, catalogue, clock, logger }))
  if (options.watch) {
    const watched = [options.bundledFolder, ...config.connectorFolders]
    const rescan = async (): Promise<void> => {
      const { bundled, folder } = await readFolders()
      catalogue.replaceAll('bundled', bundled)
      catalogue.replaceAll('folder', folder)
    }
    stack.use(watchFolders({ folders: watched, rescan, clock, logger }))
  }
  const opened = stack.move()
  return { catalogue, compiler, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}
