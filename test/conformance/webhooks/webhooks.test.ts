// Every webhook of the public catalogue through its life, against a stand-in for every host: registered with its URL in
// every place that takes it, what is delivered stored as it came, and unregistered where `Location` said.
import { existsSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { requirement } from '../../harness/requirement.ts'
import { catalogueFolder } from '../calls/call-catalogue.ts'
import { type Driven, driveCatalogue } from './drive-catalogue.ts'

describe.skipIf(!requirement('the catalogue of the corpus', existsSync(catalogueFolder)))(
  'the webhooks of the public catalogue',
  () => {
    const driven: Driven[] = []
    beforeAll(async () => {
      for await (const each of driveCatalogue()) driven.push(each)
    }, 600_000)

    const of = (kind: Driven['kind']) => driven.filter(each => each.kind === kind)

    test('all of them are driven', () => {
      expect([of('trigger').length, of('action').length, of('script').length]).toEqual([347, 21, 7])
    })

    test.each(['trigger', 'action'] as const)('every %s goes through its life', kind => {
      expect(of(kind).filter(({ faults }) => faults.length > 0)).toEqual([])
    })

    test('those that need a script say so', () => {
      for (const { faults } of of('script'))
        expect(faults).toEqual([expect.stringMatching(/^SCRIPT_REQUIRED/)])
    })
  },
)
