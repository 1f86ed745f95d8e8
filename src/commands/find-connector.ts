// Connectors that the command line names: installed ones, folders of packages, or single documents.
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { readConfig } from '../config.ts'
import {
  type ConnectorDefinition,
  findPackages,
  formatDiagnostic,
  readDocumentFile,
  readPackage,
} from '../definition/index.ts'
import { isJunctorError, JunctorError } from '../errors.ts'
import { type Artifact, compileConnector } from '../subgraph/index.ts'
import { bundledConnectors } from './serve.ts'

type Environment = Readonly<Record<string, string | undefined>>
type Installed = () => ReturnType<typeof findPackages>
type FoundPackage = Awaited<ReturnType<Installed>>[number]

export interface NamedConnector {
  readonly name: string
  /** As connector `name`, or under another name. Throws CONNECTOR_QUARANTINED where it cannot be read or compiled. */
  compile(as?: string): Promise<Artifact>
}

/** Looks installed connectors up once, however many are named. */
export function connectorFinder(env: Environment): (given: string) => Promise<NamedConnector> {
  let installed: ReturnType<Installed> | undefined
  const installedOnce: Installed = () => {
    installed ??= findPackages([bundledConnectors, ...readConfig(env).connectorFolders])
    return installed
  }
  return given => findConnector(given, installedOnce)
}

/** Those that come with the hub. */
export async function bundled(): Promise<readonly NamedConnector[]> {
  return (await findPackages([bundledConnectors])).map(packaged)
}

/** By name or path. Throws CONNECTOR_NOT_FOUND; BAD_INPUT for a folder of several connectors. */
async function findConnector(given: string, installed: Installed): Promise<NamedConnector> {
  if (existsSync(given) && statSync(given).isFile()) {
    const { name } = await readDocumentFile(given)
    return connectorAt(resolve(given), name, readDocumentFile)
  }
  const below = existsSync(given) ? await findPackages([given]) : []
  const packages = below.length > 0 ? below : (await installed()).filter(({ name }) => name === given)
  const [found, ...others] = packages
  // A package that has others below it is meant itself.
  if (found && (others.length === 0 || found.folder === resolve(given))) return packaged(found)
  if (found)
    throw new JunctorError(
      'BAD_INPUT',
      `There are ${packages.length} connectors in ${given}: give the path of one of them.`,
    )
  throw new JunctorError(
    'CONNECTOR_NOT_FOUND',
    `There is no connector "${given}": give the name of an installed one, or the path of its folder or document.`,
  )
}

function packaged({ folder, name }: FoundPackage): NamedConnector {
  return connectorAt(folder, name, readPackage)
}

function connectorAt(path: string, name: string, read: typeof readPackage): NamedConnector {
  return {
    name,
    async compile(as = name) {
      const { definition, diagnostics } = await read(path, { name: as })
      if (definition) return compiled(definition)
      throw new JunctorError(
        'CONNECTOR_QUARANTINED',
        `The connector "${name}" cannot be read.\n${diagnostics.map(formatDiagnostic).join('\n')}`,
      )
    },
  }
}

async function compiled(definition: ConnectorDefinition): Promise<Artifact> {
  try {
    return (await compileConnector(definition)).artifact
  } catch (cause) {
    if (isJunctorError(cause)) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `The connector "${definition.name}" cannot be compiled: ${reason}`
    throw new JunctorError('CONNECTOR_QUARANTINED', message, { cause })
  }
}
