// Numbered deliveries, each repeated with the same id until a hub says 2xx, as providers do. Lanes send one after the
// other, so that in the log the numbers of a lane are in order.
import { Agent } from 'undici'
import type { Chance } from '../conformance/calls/seeded.ts'

/** Milliseconds: before a delivery is sent again, and after which an answer is not waited for. */
const times = { again: 100, answer: 2_000 }

export interface Sent {
  /** How many deliveries were sent, repeats too. */
  attempts: number
  /** Numbers that a hub answered with a 2xx. */
  readonly taken: Set<number>
}

export async function sendWebhooks(options: {
  readonly hubs: readonly string[]
  /** Path of the webhook, the same at every hub. */
  readonly path: string
  readonly from: number
  readonly to: number
  readonly lanes: number
  /** Milliseconds to the next delivery of a lane. */
  readonly pause: () => number
  readonly chance: Chance
  readonly sent: Sent
  /** What a delivery holds beside its number. */
  readonly padding?: string
  /** No delivery is begun any more; those under way go on until a hub takes them. */
  readonly enough?: AbortSignal
  readonly signal: AbortSignal
}): Promise<void> {
  const { hubs, path, from, to, lanes, chance, sent, enough, signal } = options
  const agent = new Agent({
    headersTimeout: times.answer,
    bodyTimeout: times.answer,
    connectTimeout: times.answer,
  })
  const lane = async (first: number) => {
    for (let n = first; n <= to && !enough?.aborted; n += lanes) {
      while (!signal.aborted && !(await deliver(n))) await pause(times.again)
      await pause(options.pause())
    }
  }
  const deliver = async (n: number): Promise<boolean> => {
    sent.attempts++
    try {
      const { statusCode, body } = await agent.request({
        origin: chance.pick(hubs),
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'webhook-id': `delivery-${n}` },
        body: JSON.stringify({ n, padding: options.padding }),
      })
      await body.dump()
      if (statusCode < 200 || statusCode > 299) return false
      sent.taken.add(n)
      return true
    } catch {
      // No answer: the provider cannot know whether it was stored, and sends it again.
      return false
    }
  }
  await Promise.all(Array.from({ length: lanes }, (_, index) => lane(from + index)))
  await agent.destroy()
}

const pause = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))
