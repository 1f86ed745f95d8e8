// Every action of the public catalogue, called through the graph as a client calls it, against a stand-in for every
// host: is the request what the document says, did the credential go where it belongs, did the caller get the answer?
import { existsSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { requirement } from '../../harness/requirement.ts'
import { callCatalogue, catalogueFolder } from './call-catalogue.ts'
import type { CallRecord } from './call-connector.ts'
import { exceptions } from './exceptions.ts'
import { faultClasses, needless, type Report, reportOf } from './report.ts'

describe.skipIf(!requirement('the catalogue of the corpus', existsSync(catalogueFolder)))(
  'the calls of the public catalogue',
  () => {
    const records: CallRecord[] = []
    let report: Report
    beforeAll(async () => {
      const start = performance.now()
      for await (const record of callCatalogue()) records.push(record)
      report = reportOf(records, exceptions)
      const seconds = Math.round((performance.now() - start) / 1000)
      process.stderr.write(`\nThe calls: ${JSON.stringify({ ...report, seconds })}\n`)
    }, 600_000)

    test('every operation is called twice, or left to triggers and scripts', () => {
      const { connectors, operations, called, calls, scriptRequired, triggers, webhookActions } = report
      expect({ connectors, operations, called, calls }).toEqual({
        connectors: 657,
        operations: 10_374,
        called: 9_779,
        calls: 19_558,
      })
      expect({ scriptRequired, triggers, webhookActions }).toEqual({
        scriptRequired: 161,
        triggers: 413,
        webhookActions: 21,
      })
    })

    test('requests are valid, arguments and credentials arrive, answers come back equal', () => {
      expect(faultClasses(records, exceptions)).toEqual([])
    })

    test('exceptions are needed, and no more than one in a hundred operations', () => {
      expect(needless(records, exceptions)).toEqual([])
      expect(exceptions.length).toBeLessThanOrEqual(report.called / 100)
    })
  },
)
