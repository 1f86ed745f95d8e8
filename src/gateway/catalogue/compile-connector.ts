// Text → Compiled. Whatever goes wrong becomes a diagnostic: a connector that fails is quarantined, nothing more.
import { type Diagnostic, readDocument, readPackage } from '../../definition/index.ts'
import { compileConnector } from '../../subgraph/index.ts'
import type { Compiled, Source } from './compiled.ts'

/** Reads and compiles one connector. Never throws. */
export async function compileSource(name: string, source: Source): Promise<Compiled> {
  try {
    const read =
      source.kind === 'folder'
        ? await readPackage(source.folder, { name })
        : readDocument({ name, ...source })
    if (!read.definition) return { definition: null, artifact: null, diagnostics: read.diagnostics }
    try {
      const { artifact, diagnostics } = await compileConnector(read.definition)
      return { definition: read.definition, artifact, diagnostics: [...read.diagnostics, ...diagnostics] }
    } catch (error) {
      return {
        definition: read.definition,
        artifact: null,
        diagnostics: [...read.diagnostics, failure(error)],
      }
    }
  } catch (error) {
    return { definition: null, artifact: null, diagnostics: [failure(error)] }
  }
}

export function failure(error: unknown): Diagnostic {
  const reason = error instanceof Error ? error.message : String(error)
  return {
    severity: 'ERROR',
    code: 'COMPILE_FAILED',
    message: `The connector could not be turned into GraphQL: ${reason}`,
  }
}
