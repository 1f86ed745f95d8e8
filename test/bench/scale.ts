// Cost follows use, in figures: the same hub with one connector installed and with all of a public catalogue.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findPackages } from '../../src/definition/index.ts'
import { describeMachine } from './measure/machine.ts'
import type { HubKind } from './measure/measured-hub.ts'
import { answerTo, openHub } from './measure/open-hub.ts'
import { measureColdStart } from './scale/cold-start.ts'
import { measureCompositions } from './scale/compositions.ts'
import { importOne, measureImports } from './scale/imports.ts'
import { measureRates } from './scale/rates.ts'
import { compositionTable, importTable, rateTable, startTable } from './scale/report.ts'
import { startSampleApi, writeSampleConnector } from './scale/sample-api.ts'
import { measureStarts } from './scale/starts.ts'

/** Load while connectors are imported: half of what the hub can answer. */
const importLoad = 0.5
const bundled = join(import.meta.dirname, '../../connectors')

interface Options {
  readonly starts: number
  /** Of the request rates: so many times three fresh hubs. */
  readonly samples: number
  /** A folder of packages. */
  readonly connectors: string
  readonly print: (text: string) => void
}

/** Measures everything and prints it as Markdown, some minutes later. */
export async function scale({ starts, samples, connectors, print }: Options): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const work = await mkdtemp(join(tmpdir(), 'junctor-bench-'))
  stack.defer(() => rm(work, { recursive: true, force: true }))
  const api = stack.use(await startSampleApi())
  const sample = join(work, 'connectors')
  await writeSampleConnector(sample)
  const installed = (await findPackages([connectors])).length
  const kind = (name: string, folders: readonly string[]): HubKind => ({
    dataFolder: join(work, name),
    env: { ...api.env, JUNCTOR_CONNECTORS: folders.join(':') },
  })
  const one = kind('one', [sample])
  const control = kind('control', [sample])
  // The one that is called comes last, behind all others.
  const all = kind('all', [connectors, sample])
  print(`${describeMachine()}\n\n`)

  for (const small of [one, control])
    await measureColdStart(small, (await findPackages([bundled, sample])).length)
  const cold = await measureColdStart(all, (await findPackages([bundled, connectors, sample])).length)
  const [ofOne, ofAll] = await measureStarts([one, all], starts)
  if (!ofOne || !ofAll) throw new Error('No starts were measured.')
  print(startTable(installed, ofOne, ofAll, cold))

  const rates = await measureRates({ one, control, all }, samples)
  print(rateTable(installed, rates))
  await measureServing(all, (rates.at(-1)?.all ?? 0) * importLoad, print)
  print(compositionTable(await measureCompositions(connectors, work)))
}

async function measureServing(kind: HubKind, rate: number, print: Options['print']): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const open = await openHub(stack, kind)
  const afterStart = await importOne(open.client, 'benchcold', 'GetThing')
  const query = '{ sample_getThing { id title } }'
  const expected = await answerTo(open, query)
  const { url } = open.hub
  const imports = await measureImports(open.client, {
    url,
    headers: open.client.headers,
    query,
    expected,
    rate,
  })
  print(importTable(imports, afterStart, await open.hub.memoryNow()))
}
