// Every trigger of the public catalogue, driven through its life as a subscriber sees it, against a provider on loopback
// that plays its protocol: is the subscription what the document says, is each event told once and typed, is the
// state carried from poll to poll, and is a webhook taken back?
import { existsSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { requirement } from '../../harness/requirement.ts'
import { catalogueFolder } from '../calls/call-catalogue.ts'
import { driveCatalogue, type TriggerRecord } from './drive-catalogue.ts'
import { exceptions } from './exceptions.ts'
import { faultClasses, needless, type Report, reportOf } from './report.ts'

describe.skipIf(!requirement('the catalogue of the corpus', existsSync(catalogueFolder)))(
  'the triggers of the public catalogue',
  () => {
    const records: TriggerRecord[] = []
    let report: Report
    beforeAll(async () => {
      const start = performance.now()
      for await (const record of driveCatalogue()) records.push(record)
      report = reportOf(records, exceptions)
      const seconds = Math.round((performance.now() - start) / 1000)
      process.stderr.write(`\nThe triggers: ${JSON.stringify({ ...report, seconds })}\n`)
    }, 600_000)

    test('every trigger is driven twice, or refused for its script', () => {
      expect(report).toMatchObject({
        connectors: 143,
        triggers: 413,
        lives: 826,
        webhooks: 354,
        byPolicy: 33,
        byProtocol: 26,
        scriptRequired: 7,
      })
    })

    test('subscribed, told each event once and typed, state carried, unsubscribed', () => {
      expect(faultClasses(records, exceptions)).toEqual([])
      expect(report.right + report.scriptRequired + report.excepted).toBe(report.triggers)
    })

    test('exceptions are needed, and no more than one in a hundred triggers', () => {
      expect(needless(records, exceptions)).toEqual([])
      expect(exceptions.length).toBeLessThanOrEqual(report.triggers / 100)
    })
  },
)
