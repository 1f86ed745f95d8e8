// Documents that somebody really wrote, bent in the ways that documents bend: a schema put where another was, a
// reference led elsewhere, a name from the language, a choice, a join, a type that does not fit. Whatever comes of it
// is read or refused; what is read becomes a valid schema, unless no operation is left of it.
import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findPackages, readDocument } from '../../../src/definition/index.ts'
import { isJunctorError } from '../../../src/errors.ts'
import { isJsonObject } from '../../../src/json.ts'
import { compileConnector } from '../../../src/subgraph/index.ts'
import { corpus } from '../../definition/corpus.ts'
import { requirement } from '../../harness/requirement.ts'
import { type Mutation, mutate, mutation } from './mutation.ts'
import { openApi31Document, openApiDocument } from './own-documents.ts'

const bounds = { schemas: 20_000, values: 200_000, operations: 500, depth: 100 }

const whereOperationsStand = /^\/paths\/(?!x-)[^/]+\/(get|head|post|put|patch|delete|options|trace)$/i

/** Bends the document and takes it through reading and compiling. Throws what must never be thrown. */
async function survives(document: unknown, mutations: readonly Mutation[]) {
  const bent = structuredClone(document)
  for (const each of mutations) mutate(bent, each)
  const text = JSON.stringify(bent)
  const { definition, diagnostics } = readDocument({ name: 'bent', document: text, properties: null }, bounds)
  expect(definition === null).toBe(diagnostics.some(({ severity }) => severity === 'ERROR'))
  if (definition === null) return
  // Of what stands where operations do, only what no HTTP client may send is left without a field.
  const skipped = diagnostics.filter(
    ({ code, pointer = '' }) => code === 'OPERATION_SKIPPED' && whereOperationsStand.test(pointer),
  )
  expect(skipped.filter(({ message }) => !message.startsWith('TRACE '))).toEqual([])
  try {
    const { artifact } = await compileConnector(definition)
    expect(artifact.operations).toHaveLength(definition.operations.length)
  } catch (error) {
    if (!isJunctorError(error) || definition.operations.length > 0) throw error
    expect(error.code).toBe('CONNECTOR_QUARANTINED')
  }
}

const bends = fc.array(mutation, { minLength: 1, maxLength: 12 })

test('documents of ours', { timeout: 300_000 }, async () => {
  const documents = fc.constantFrom<unknown>(openApiDocument, openApi31Document)
  await fc.assert(fc.asyncProperty(documents, bends, survives), {
    numRuns: 300,
    interruptAfterTimeLimit: 60_000,
  })
})

const folder = corpus('power-platform')

test.runIf(requirement('the catalogue of the corpus', existsSync(folder)))(
  'documents of the catalogue',
  { timeout: 300_000 },
  async () => {
    const found = (await findPackages([folder])).filter((_, index) => index % 16 === 0)
    const documents = found.flatMap(({ folder }) => documentIn(folder))
    expect(documents.length).toBeGreaterThan(20)
    await fc.assert(fc.asyncProperty(fc.constantFrom(...documents), bends, survives), {
      numRuns: 300,
      interruptAfterTimeLimit: 60_000,
    })
  },
)

/** The package's document, where it is well-formed and small enough to be bent often. */
function documentIn(folder: string): readonly unknown[] {
  const path = `${folder}/apiDefinition.swagger.json`
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  if (text === '' || text.length > 200_000) return []
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? [value] : []
  } catch {
    // One of those that need repair, which other tests are about.
    return []
  }
}
