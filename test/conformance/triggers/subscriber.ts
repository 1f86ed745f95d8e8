// A subscription that asks for everything, and what it is told.
import type { Json, JsonObject } from '../../../src/json.ts'
import { canonical, differing, type Fault } from '../calls/compare.ts'
import type { Outcome } from '../calls/graph.ts'
import { own } from '../calls/package-text.ts'
import { type Selection, wantedData } from '../calls/selection.ts'
import { patience } from './world.ts'

export interface Subscriber {
  /** The next event's data against what the provider told; faults where they differ, or nothing comes. */
  told(value: Json): Promise<readonly Fault[]>
  leave(): Promise<void>
}

export function createSubscriber(
  field: string,
  selection: Selection | null,
  events: AsyncIterable<Outcome>,
): Subscriber {
  const iterator = events[Symbol.asyncIterator]()
  const inner = selection?.fields.find(({ name }) => name === 'data')?.inner ?? null

  return {
    async told(value) {
      const outcome = await withinPatience(iterator.next())
      if (outcome === null) return [{ kind: 'no event', detail: canonical(value).slice(0, 80) }]
      if (outcome.done) return [{ kind: 'the stream ended', detail: '' }]
      const { data, errors } = outcome.value
      const [error] = errors
      if (error) return [{ kind: `error ${error.code}`, detail: error.message }]
      const event = own(data as JsonObject, field)
      const nameless = ['id', 'cursor', 'time'].filter(name => !own(event, name))
      const got = canonical(own(event, 'data'))
      const wanted = canonical(wantedData(value, inner))
      return [
        ...nameless.map(name => ({ kind: `no ${name}`, detail: canonical(event) })),
        ...(got === wanted ? [] : [{ kind: 'data differs', detail: differing(wanted, got) }]),
      ]
    },
    leave: async () => void (await iterator.return?.()),
  }
}

async function withinPatience<T>(waited: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>(resolve => {
    timer = setTimeout(() => resolve(null), patience)
  })
  return Promise.race([waited, late]).finally(() => clearTimeout(timer))
}
