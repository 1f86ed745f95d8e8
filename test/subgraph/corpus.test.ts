// The public catalogue: every connector compiles, every operation has its field, every schema and example is valid.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { getIntrospectionQuery, graphqlSync, parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import {
  type ConnectorDefinition,
  type Diagnostic,
  findPackages,
  readPackage,
} from '../../src/definition/index.ts'
import { type Artifact, compileConnector } from '../../src/subgraph/index.ts'
import { requirement } from '../harness/requirement.ts'
import { sliceOf } from './answer.ts'

const corpus = process.env.JUNCTOR_CORPUS ?? join(import.meta.dirname, '../../../shared/corpus')
const catalogue = join(corpus, 'power-platform')

describe.skipIf(!requirement('the public catalogue of connectors', existsSync(catalogue)))(
  'the catalogue',
  () => {
    test('compiles', { timeout: 600_000 }, async () => {
      const counts = { connectors: 0, operations: 0, fields: 0, types: 0, sdl: 0, compileMs: 0 }
      const codes: Record<string, number> = {}
      const faults: string[] = []

      for (const { folder } of await findPackages([catalogue])) {
        const { definition } = await readPackage(folder)
        if (!definition) continue
        const start = performance.now()
        const { artifact, diagnostics } = await compileConnector(definition)
        counts.compileMs += performance.now() - start
        counts.connectors += 1
        counts.operations += definition.operations.length
        counts.fields += artifact.operations.length
        counts.types += typesOf(artifact).length
        counts.sdl += artifact.sdl.length
        for (const { code } of diagnostics) codes[code] = (codes[code] ?? 0) + 1
        const found = [
          ...operationFaults(definition, artifact, diagnostics),
          ...schemaFaults(artifact),
          ...orphans(artifact),
        ]
        faults.push(...found.map(fault => `${definition.name}: ${fault}`))
      }

      process.stderr.write(`\nCompiled the catalogue: ${JSON.stringify({ ...counts, codes })}\n`)
      expect(faults).toEqual([])
      expect(counts.connectors).toBeGreaterThan(600)
    })
  },
)

/** Every operation has exactly one field, but for those that a diagnostic says are left out. */
function operationFaults(
  definition: ConnectorDefinition,
  artifact: Artifact,
  diagnostics: readonly Diagnostic[],
): string[] {
  const skipped = new Set(
    diagnostics.filter(({ code }) => code === 'OPERATION_SKIPPED').map(({ operation }) => operation),
  )
  const expected = definition.operations.map(({ id }) => id).filter(id => !skipped.has(id))
  const actual = artifact.operations.map(({ operationId }) => operationId)
  const fields = new Set(artifact.operations.map(({ field }) => field))
  return [
    ...(actual.join('\n') === expected.join('\n') ? [] : ['operations and fields differ']),
    ...(fields.size === actual.length ? [] : ['operations share a field']),
  ]
}

function schemaFaults(artifact: Artifact): string[] {
  const schema = sliceOf(artifact)
  const { errors = [] } = graphqlSync({ schema, source: getIntrospectionQuery() })
  const examples = artifact.operations.flatMap(({ example }) => validate(schema, parse(example)))
  return [...errors, ...examples].map(({ message }) => message)
}

/** Types that nothing is of: the loader made something else of them. */
function orphans(artifact: Artifact): string[] {
  const used = new Set([...artifact.sdl.matchAll(/: \[*(\w+)/g)].map(([, type]) => type))
  return typesOf(artifact)
    .filter(type => !used.has(type))
    .map(type => `${type} is not used by anything`)
}

function typesOf(artifact: Artifact): string[] {
  return [...artifact.sdl.matchAll(/^(?:type|input) (\w+)/gm)].map(([, type]) => type!)
}
