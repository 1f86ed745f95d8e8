// The public catalogue, whole: every connector serves, every operation is one root field, every documented event is
// typed, and every schema validates, prints, parses again and answers introspection.
import { existsSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  type CatalogueSummary,
  type MeasuredConnector,
  measureCatalogue,
  summarize,
} from '../../../src/commands/measure-catalogue.ts'
import { corpus } from '../../definition/corpus.ts'
import { requirement } from '../../harness/requirement.ts'

const folder = corpus('power-platform')

describe.skipIf(!requirement('the catalogue of the corpus', existsSync(folder)))(
  'the public catalogue',
  () => {
    const connectors: MeasuredConnector[] = []
    let summary: CatalogueSummary
    beforeAll(async () => {
      for await (const { connector } of measureCatalogue(folder)) connectors.push(connector)
      summary = summarize(connectors)
      process.stderr.write(`\nThe catalogue: ${JSON.stringify(summary)}\n`)
    }, 300_000)

    test('every connector is served', () => {
      expect(connectors.filter(({ status }) => status === 'QUARANTINED').map(({ name }) => name)).toEqual([])
      expect(connectors).toHaveLength(657)
    })

    test('nothing throws, takes too long or too much memory', () => {
      expect(summary.exceptions).toBe(0)
    })

    test('every operation is exactly one root field', () => {
      expect(summary.operations).toBe(10_374)
      expect(summary.mapped).toBe(summary.operations)
      expect(connectors.filter(({ fields, operations }) => fields !== operations)).toEqual([])
    })

    test('every trigger is a subscription, typed where its document says of what', () => {
      expect(summary.triggers).toBe(413)
      expect(summary.documentedTriggers).toBeGreaterThan(300)
      expect(summary.typedTriggers).toBe(summary.documentedTriggers)
    })

    test('every schema is valid and answers introspection', () => {
      expect(summary.schemasValid).toBe(connectors.length)
      expect(summary.introspectionAnswered).toBe(connectors.length)
    })

    test('no promise is broken', () => {
      expect(connectors.flatMap(({ name, faults }) => faults.map(fault => `${name}: ${fault}`))).toEqual([])
    })

    test('no operation is skipped', () => {
      const skipped = connectors.filter(({ diagnostics }) =>
        diagnostics.some(({ code }) => code === 'OPERATION_SKIPPED'),
      )
      expect(skipped.map(({ name }) => name)).toEqual([])
    })
  },
)
