// The files of a package folder, found by name whatever its case (connector-format §1.1).
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { JunctorError } from '../errors.ts'

export interface PackageFiles {
  /** Absolute paths; null where the folder has no such file. */
  readonly definition: string | null
  readonly properties: string | null
  readonly icon: string | null
  readonly webapp: string | null
  readonly script: string | null
}

const definitionName = /^(apidefinition\.swagger|openapi)\.(json|ya?ml)$/i

/** Looks at the plain files directly in `folder`. Throws NOT_FOUND where it cannot be listed. */
export async function packageFiles(folder: string): Promise<PackageFiles> {
  return classify(folder, (await entries(folder)).files)
}

export interface FolderEntries {
  readonly files: readonly string[]
  readonly folders: readonly string[]
}

/** Names in a folder in a fixed order. Symbolic links are passed over: a package is what its own folder holds. */
export async function entries(folder: string): Promise<FolderEntries> {
  try {
    const all = await readdir(folder, { withFileTypes: true })
    const names = (kind: 'isFile' | 'isDirectory') =>
      all
        .filter(entry => entry[kind]())
        .map(entry => entry.name)
        .sort()
    return { files: names('isFile'), folders: names('isDirectory') }
  } catch (cause) {
    throw new JunctorError('NOT_FOUND', `The folder ${folder} cannot be read: check that it exists.`, {
      cause,
    })
  }
}

/** Picks the package's files out of the names in its folder. */
export function classify(folder: string, names: readonly string[]): PackageFiles {
  const path = (name: string | undefined) => (name === undefined ? null : join(folder, name))
  const find = (pattern: RegExp) => path(names.find(name => pattern.test(name)))
  const swaggers = names.filter(name => /\.swagger\.json$/i.test(name))
  const proper = ['apidefinition.swagger.json', 'openapi.json']
    .map(exact => names.find(name => name.toLowerCase() === exact))
    .find(name => name !== undefined)
  return {
    definition: path(proper) ?? find(definitionName) ?? (swaggers.length === 1 ? path(swaggers[0]) : null),
    properties: find(/^apiProperties\.json$/i),
    icon: find(/^icon\.png$/i),
    webapp: find(/^webapp\.ts$/),
    script: find(/^(.*script\.csx|script\.cs)$/i),
  }
}
