// `check <path>`: reads and compiles a document, or every connector below a folder, and prints what was found.
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  type Diagnostic,
  findPackages,
  formatDiagnostic,
  readDocumentFile,
  readPackage,
} from '../definition/index.ts'
import { compileConnector } from '../subgraph/index.ts'

/** Resolves with the exit code: 1 where any connector has an error, 2 where there is none at all. */
export async function check(path: string): Promise<number> {
  const found = await readersAt(path)
  if (found.length === 0) {
    process.stderr.write(
      `There is no connector in ${path}: a folder with an apiDefinition.swagger.json or an openapi.yaml is one.\n`,
    )
    return 2
  }
  let failed = 0
  for (const read of found) {
    const { name, definition, diagnostics } = await read()
    const all = [...diagnostics, ...(definition ? await compileFindings(definition) : [])]
    const errors = all.filter(diagnostic => diagnostic.severity === 'ERROR').length
    if (errors > 0) failed++
    process.stdout.write(
      `${name}: ${definition?.operations.length ?? 0} operations, ${errors} errors, ${all.length - errors} other findings\n`,
    )
    for (const diagnostic of all) process.stdout.write(`  ${formatDiagnostic(diagnostic)}\n`)
  }
  process.stdout.write(`${found.length} connectors, ${failed} with errors\n`)
  return failed > 0 ? 1 : 0
}

/** What reads the document at the path, or each package below it. Throws NOT_FOUND where there is neither. */
async function readersAt(path: string): Promise<readonly (() => ReturnType<typeof readPackage>)[]> {
  if (existsSync(path) && statSync(path).isFile()) return [() => readDocumentFile(resolve(path))]
  return (await findPackages([resolve(path)])).map(({ folder, name, diagnostics }) => async () => {
    const read = await readPackage(folder, { name })
    return { ...read, diagnostics: [...diagnostics, ...read.diagnostics] }
  })
}

async function compileFindings(
  definition: Parameters<typeof compileConnector>[0],
): Promise<readonly Diagnostic[]> {
  try {
    return (await compileConnector(definition)).diagnostics
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return [
      {
        severity: 'ERROR',
        code: 'COMPILE_FAILED',
        message: `The connector could not be turned into GraphQL: ${message}`,
      },
    ]
  }
}
