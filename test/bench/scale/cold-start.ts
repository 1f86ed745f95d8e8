// The first start of all: a new store, and nothing compiled.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { signUp } from '../../harness/client.ts'
import { waitFor } from '../../harness/hub.ts'
import { type HubKind, startMeasuredHub } from '../measure/measured-hub.ts'
import { answerTo } from '../measure/open-hub.ts'

const patienceSeconds = 600

export interface ColdStart {
  readonly firstAnswer: number
  /** Until a connector answered that waits behind all others. */
  readonly firstCall: number
  /** Until everything was compiled. */
  readonly all: number
}

/** Starts a hub that has never run, signs up, and waits until `installed` connectors are compiled. All milliseconds. */
export async function measureColdStart(kind: HubKind, installed: number): Promise<ColdStart> {
  const started = performance.now()
  await using hub = await startMeasuredHub(kind)
  const client = await signUp(hub.url)
  await answerTo({ hub, client }, '{ sample_getThing { id title } }')
  const firstCall = performance.now() - started
  await waitFor(
    async () => (await compiled(kind.dataFolder)) >= installed,
    () => `The connectors were not compiled in time.\n${hub.output()}`,
    patienceSeconds,
  )
  return { firstAnswer: hub.firstAnswerMilliseconds, firstCall, all: performance.now() - started }
}

/** How many connectors the hub's index knows. */
async function compiled(dataFolder: string): Promise<number> {
  const text = await readFile(join(dataFolder, 'artifacts', 'index.json'), 'utf8').catch(
    () => '{"connectors":{}}',
  )
  return Object.keys((JSON.parse(text) as { connectors: object }).connectors).length
}
