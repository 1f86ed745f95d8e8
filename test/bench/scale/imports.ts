// One more connector while the hub is under load: from the start of the mutation to the answer of the first query
// that uses it.
import type { HubClient } from '../../harness/client.ts'
import { median } from '../measure/figures.ts'
import { type Load, type LoadOptions, load } from '../measure/load.ts'
import { sampleDocument } from './sample-api.ts'

const imports = 10
const pauseMilliseconds = 700

export interface Imports {
  readonly median: number
  readonly slowest: number
  readonly load: Load
}

/** Imports ten connectors, one after the other, into the hub that gets this load. */
export async function measureImports(
  client: HubClient,
  loading: Omit<LoadOptions, 'seconds'>,
): Promise<Imports> {
  const running = load({ ...loading, seconds: Math.ceil((imports * (pauseMilliseconds + 300)) / 1000) })
  const times: number[] = []
  for (let index = 0; index < imports; index++) {
    await new Promise(resolve => setTimeout(resolve, pauseMilliseconds))
    times.push(await importOne(client, `bench${index}`, 'GetThing'))
  }
  const measured = { median: median(times), slowest: Math.max(...times), load: await running }
  for (let index = 0; index < imports; index++)
    await client.query('mutation ($name: String!) { removeConnector(name: $name) }', {
      name: `bench${index}`,
    })
  return measured
}

/** Milliseconds until the imported connector has answered. */
export async function importOne(client: HubClient, name: string, operationId: string): Promise<number> {
  const started = performance.now()
  await client.query(
    'mutation ($name: String!, $document: String!) { importConnector(input: { name: $name, document: $document, replace: true }) { connector { name } } }',
    { name, document: sampleDocument(operationId) },
  )
  await client.query(`{ ${name}_${operationId.replace(/^./, first => first.toLowerCase())} { id title } }`)
  return performance.now() - started
}
