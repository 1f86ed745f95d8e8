// From the start of the process to the first answered query, and what is resident then. Starts alternate between the
// kinds of hub, so that what else the machine does falls on all of them alike.
import { median } from '../measure/figures.ts'
import { type HubKind, startMeasuredHub } from '../measure/measured-hub.ts'

export interface Starts {
  readonly milliseconds: number
  readonly fastest: number
  readonly slowest: number
  readonly hubMegabytes: number
  readonly postgresMegabytes: number
}

/** Medians of `rounds` starts of each kind. */
export async function measureStarts(kinds: readonly HubKind[], rounds: number): Promise<readonly Starts[]> {
  const runs = kinds.map((): { milliseconds: number; hub: number; postgres: number }[] => [])
  for (let round = 0; round < rounds; round++)
    for (const [index, kind] of kinds.entries()) {
      await using hub = await startMeasuredHub(kind)
      runs[index]?.push({ milliseconds: hub.firstAnswerMilliseconds, ...hub.memory })
    }
  return runs.map(of => ({
    milliseconds: median(of.map(run => run.milliseconds)),
    fastest: Math.min(...of.map(run => run.milliseconds)),
    slowest: Math.max(...of.map(run => run.milliseconds)),
    hubMegabytes: median(of.map(run => run.hub)),
    postgresMegabytes: median(of.map(run => run.postgres)),
  }))
}
