// The files of a package folder, found by name whatever its case (connector-format §1.1).
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { JunctorError } from '../errors.ts'
import { quoted } from './findings.ts'

export interface PackageFiles {
  /** Absolute paths; null where the folder has no such file. */
  readonly definition: string | null
  readonly properties: string | null
  readonly icon: string | null
  readonly webapp: string | null
  readonly hooks: string | null
  readonly script: string | null
  /** Why there is no definition, as a sentence, in a folder that means to be a package. */
  readonly problem: string | null
}

/** Names that stand for the definition whatever else is there, the first ones first. */
const ownNames = [
  /^apidefinition\.swagger\.json$/i,
  /^openapi\.json$/i,
  /^(apidefinition\.swagger|openapi)\.ya?ml$/i,
]
/** Names that do where only one file has such a name; those of the first kind before those of the second. */
const likelyNames = [
  /\.swagger\.json$/i,
  /^(apidefinition|swagger)\.(json|ya?ml)$|\.(swagger\.ya?ml|openapi\.(json|ya?ml))$/i,
]

/** Looks at the plain files directly in `folder`. Throws NOT_FOUND where it cannot be listed. */
export async function packageFiles(folder: string): Promise<PackageFiles> {
  return classify(folder, await entries(folder))
}

export interface FolderEntries {
  readonly files: readonly string[]
  readonly links: readonly string[]
  readonly folders: readonly string[]
}

/** Names in a folder in a fixed order. Symbolic links are not followed: a package is what its own folder holds. */
export async function entries(folder: string): Promise<FolderEntries> {
  try {
    const all = await readdir(folder, { withFileTypes: true })
    const names = (kind: 'isFile' | 'isDirectory' | 'isSymbolicLink') =>
      all
        .filter(entry => entry[kind]())
        .map(entry => entry.name)
        .sort()
    return { files: names('isFile'), links: names('isSymbolicLink'), folders: names('isDirectory') }
  } catch (cause) {
    throw new JunctorError('NOT_FOUND', `The folder ${folder} cannot be read: check that it exists.`, {
      cause,
    })
  }
}

/** Picks the package's files out of what is in its folder. */
export function classify(folder: string, { files, links }: FolderEntries): PackageFiles {
  const find = (pattern: RegExp) => {
    const name = files.find(each => pattern.test(each))
    return name === undefined ? null : join(folder, name)
  }
  const properties = find(/^apiProperties\.json$/i)
  const candidates = definitionCandidates(files)
  const [only] = candidates
  const definition = only !== undefined && candidates.length === 1 ? join(folder, only) : null
  return {
    definition,
    properties,
    icon: find(/^icon\.png$/i),
    webapp: find(/^webapp\.ts$/),
    hooks: find(/^hooks\.ts$/),
    script: find(/^(.*script\.csx|script\.cs)$/i),
    problem:
      definition === null ? whyNone(candidates, definitionCandidates(links), properties !== null) : null,
  }
}

/** One name where it is clear which file is the definition; several where it is not. */
function definitionCandidates(names: readonly string[]): readonly string[] {
  for (const pattern of ownNames) {
    const own = names.find(name => pattern.test(name))
    if (own !== undefined) return [own]
  }
  const kinds = likelyNames.map(pattern => names.filter(name => pattern.test(name)))
  return kinds.find(({ length }) => length === 1) ?? kinds.flat()
}

function whyNone(
  candidates: readonly string[],
  links: readonly string[],
  hasProperties: boolean,
): string | null {
  const listed = (names: readonly string[]) => names.slice(0, 5).map(quoted).join(', ')
  if (candidates.length > 0)
    return `The folder has several definitions, ${listed(candidates)}: give one of them the name apiDefinition.swagger.json, or a folder of its own.`
  if (links.length > 0)
    return `Symbolic links are not followed, and the definition is one, ${listed(links)}: put the file itself there.`
  return hasProperties ? `The folder has an apiProperties.json, but ${noDefinition}` : null
}

/** How a sentence ends about a folder without a definition. */
export const noDefinition = 'no apiDefinition.swagger.json and no openapi.yaml or .json.'
