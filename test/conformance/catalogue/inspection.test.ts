// What the measure of the catalogue would say if a promise were broken: a gauge that cannot fail shows nothing.
import { expect, test } from 'vitest'
import { inspectConnector } from '../../../src/commands/inspect-connector.ts'
import type { ConnectorDefinition } from '../../../src/definition/index.ts'
import { type Artifact, compileConnector } from '../../../src/subgraph/index.ts'
import { connector, object, operation, ref, text, webhook } from '../../subgraph/definitions/build.ts'

const note = object({ text })
const definition = connector(
  [
    operation('Get', { response: ref('Note') }),
    operation('OnNote', { method: 'POST', role: webhook, event: ref('Note') }),
    operation('OnAnything', { method: 'POST', role: webhook, event: { type: 'any' } }),
  ],
  { Note: note },
)

async function inspected(
  change: (artifact: Artifact) => Partial<Artifact>,
  of: ConnectorDefinition = definition,
) {
  const { artifact } = await compileConnector(of)
  return inspectConnector('shop', {
    definition: of,
    artifact: { ...artifact, ...change(artifact) },
    diagnostics: [],
  })
}

test('a connector that keeps every promise', async () => {
  expect(await inspected(() => ({}))).toMatchObject({
    status: 'READY',
    operations: 3,
    mapped: 3,
    triggers: 2,
    documentedTriggers: 1,
    typedTriggers: 1,
    schemaValid: true,
    introspectionAnswered: true,
    faults: [],
  })
})

test('an operation without a field', async () => {
  const inspection = await inspected(({ operations }) => ({ operations: operations.slice(1) }))
  expect(inspection).toMatchObject({ operations: 3, mapped: 2 })
  expect(inspection.faults).toContain('The operation Get has no root field of its own and of its kind.')
})

test('an operation that cannot be called counts as one of the document', async () => {
  const inspection = await inspected(() => ({}), { ...definition, skipped: ['trace_a'] })
  expect(inspection).toMatchObject({ operations: 4, mapped: 3 })
  expect(inspection.faults).toEqual(['The operation trace_a cannot be called and has no root field.'])
})

test('two operations that share a field', async () => {
  const inspection = await inspected(({ operations }) => ({
    operations: operations.map(each => ({ ...each, field: 'shop_get' })),
  }))
  expect(inspection.mapped).toBe(0)
})

test('a trigger that is no subscription', async () => {
  const inspection = await inspected(({ operations }) => ({
    operations: operations.map(each => ({ ...each, root: 'Mutation' as const })),
  }))
  expect(inspection.mapped).toBe(1)
})

test('a documented event that is JSON', async () => {
  const inspection = await inspected(({ sdl }) => ({ sdl: sdl.replace('data: shop_Note', 'data: JSON') }))
  expect(inspection).toMatchObject({ documentedTriggers: 1, typedTriggers: 0 })
  expect(inspection.faults).toContain('The events of OnNote are documented and not typed.')
})

test('a schema that is not valid', async () => {
  const inspection = await inspected(({ sdl }) => ({
    sdl: sdl.replace('type shop_Note {', 'type shop_Nota {'),
  }))
  expect(inspection).toMatchObject({ schemaValid: false, introspectionAnswered: false })
})

test('a type that nothing is of', async () => {
  const inspection = await inspected(({ sdl }) => ({ sdl: `${sdl}\n\ntype shop_Lost {\n  id: ID\n}` }))
  expect(inspection.faults).toEqual(['Nothing is of the type shop_Lost.'])
})

test('a connector that did not compile', () => {
  const error = { severity: 'ERROR', code: 'COMPILE_FAILED', message: 'It could not be.' } as const
  expect(inspectConnector('shop', { definition, artifact: null, diagnostics: [error] })).toMatchObject({
    status: 'QUARANTINED',
    operations: 3,
    mapped: 0,
    schemaValid: false,
  })
})
