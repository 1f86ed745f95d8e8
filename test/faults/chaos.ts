// What goes wrong, by lot from a seed, until so many hubs were killed: one thing after the other, at odd moments.
import type { Chance } from '../conformance/calls/seeded.ts'
import type { SupervisedHub } from './supervised-hub.ts'

export interface Chaos {
  readonly kills: number
  /** Longer than a lease. */
  readonly freezeMilliseconds: number
  /** Milliseconds between two things that go wrong, on average. */
  readonly pace: number
}

export interface Ravaged {
  /** What happened, with how often. */
  readonly counts: ReadonlyMap<string, number>
}

/** A thing that may go wrong; its weight against the others. */
export interface Mishap {
  readonly name: string
  readonly weight: number
  /** Counts towards the kills. */
  readonly killsHub?: true
  run(chance: Chance): Promise<void>
}

export function hubMishaps(hubs: readonly SupervisedHub[], { freezeMilliseconds }: Chaos): Mishap[] {
  return [
    { name: 'a hub killed', weight: 6, killsHub: true, run: async chance => chance.pick(hubs).kill() },
    {
      name: 'a hub stopped for longer than its lease',
      weight: 2,
      run: async chance =>
        chance.pick(hubs).freeze(freezeMilliseconds + chance.below(freezeMilliseconds / 2)),
    },
  ]
}

/** Resolves when the hubs were killed so often, and at least `least` milliseconds have passed. */
export async function wreak(mishaps: readonly Mishap[], chaos: Chaos, chance: Chance): Promise<Ravaged> {
  const counts = new Map<string, number>()
  const weights = mishaps.reduce((sum, { weight }) => sum + weight, 0)
  let kills = 0
  while (kills < chaos.kills) {
    await new Promise(resolve => setTimeout(resolve, chance.below(chaos.pace * 2)))
    let lot = chance.below(weights)
    const mishap = mishaps.find(({ weight }) => {
      lot -= weight
      return lot < 0
    })
    if (!mishap) continue
    await mishap.run(chance)
    counts.set(mishap.name, (counts.get(mishap.name) ?? 0) + 1)
    if (mishap.killsHub) kills++
  }
  return { counts }
}
