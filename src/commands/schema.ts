// `schema <connector>`: prints the GraphQL SDL of one connector, by name or by path.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { readConfig } from '../config.ts'
import { findPackages, formatDiagnostic, readPackage } from '../definition/index.ts'
import { JunctorError } from '../errors.ts'
import { compileConnector } from '../subgraph/index.ts'
import { bundledConnectors } from './serve.ts'

/** Resolves with the exit code. Throws CONNECTOR_NOT_FOUND, CONNECTOR_QUARANTINED. */
export async function schema(
  connector: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const found = existsSync(connector)
    ? (await findPackages([resolve(connector)]))[0]
    : (await findPackages([bundledConnectors, ...readConfig(env).connectorFolders])).find(
        ({ name }) => name === connector,
      )
  if (!found)
    throw new JunctorError(
      'CONNECTOR_NOT_FOUND',
      `There is no connector "${connector}": give the name of an installed one, or the path of its folder.`,
    )
  const read = await readPackage(found.folder, { name: found.name })
  if (!read.definition) {
    const findings = read.diagnostics.map(formatDiagnostic).join('\n')
    throw new JunctorError(
      'CONNECTOR_QUARANTINED',
      `The connector "${found.name}" cannot be read.\n${findings}`,
    )
  }
  const { artifact } = await compileConnector(read.definition)
  process.stdout.write(`${artifact.sdl.trim()}\n`)
  return 0
}
