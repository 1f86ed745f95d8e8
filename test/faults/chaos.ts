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
  /** What happened, with how often it hit something. */
  readonly counts: ReadonlyMap<string, number>
}

/** A thing that may go wrong; its weight against the others. */
export interface Mishap {
  readonly name: string
  readonly weight: number
  /** False where it hit nothing, such as a hub that is just starting again. */
  run(chance: Chance): Promise<boolean>
}

export function hubMishaps(hubs: readonly SupervisedHub[], { freezeMilliseconds }: Chaos): Mishap[] {
  return [
    { name: 'a hub killed', weight: 6, run: async chance => chance.pick(hubs).kill() },
    {
      name: 'a hub stopped for longer than its lease',
      weight: 2,
      run: async chance =>
        chance.pick(hubs).freeze(freezeMilliseconds + chance.below(freezeMilliseconds / 2)),
    },
  ]
}

/** Resolves when hubs that ran were killed so often, and everything else that may go wrong did once at least. */
export async function wreak(
  { mishaps, hubs }: { readonly mishaps: readonly Mishap[]; readonly hubs: readonly SupervisedHub[] },
  chaos: Chaos,
  chance: Chance,
): Promise<Ravaged> {
  const killed = () => hubs.reduce((sum, hub) => sum + hub.kills(), 0)
  const counts = new Map<string, number>()
  for (;;) {
    const left = killed() < chaos.kills ? mishaps : mishaps.filter(({ name }) => !counts.has(name))
    if (left.length === 0) return { counts }
    await new Promise(resolve => setTimeout(resolve, chance.below(chaos.pace * 2)))
    const mishap = drawn(left, chance)
    if (mishap && (await mishap.run(chance))) counts.set(mishap.name, (counts.get(mishap.name) ?? 0) + 1)
  }
}

function drawn(mishaps: readonly Mishap[], chance: Chance): Mishap | undefined {
  let lot = chance.below(mishaps.reduce((sum, { weight }) => sum + weight, 0))
  return mishaps.find(({ weight }) => {
    lot -= weight
    return lot < 0
  })
}
