// The life of a poll by protocol (connector-format §5.4): a baseline that only sets the state, an answer that fires,
// one that does not, and the state of each carried to the next.
import type { Json } from '../../../src/json.ts'
import { feedIdOf } from '../../../src/triggers/index.ts'
import { canonical, type Fault } from '../calls/compare.ts'
import type { ReceivedRequest } from '../calls/received-request.ts'
import type { LaidOutAnswer } from '../calls/upstream.ts'
import { wantedCall } from '../calls/wanted-call.ts'
import { type DeclaredPolling, found, placed } from './declared-trigger.ts'
import { begin, checkFollowed, checkLast, type Drive, drawn, prepare, standing } from './drive.ts'
import type { Subscriber } from './subscriber.ts'
import { at, type TriggerFault } from './trigger-faults.ts'
import type { FeedRow } from './world.ts'

export async function driveProtocol(
  drive: Drive,
  polling: DeclaredPolling,
): Promise<readonly TriggerFault[]> {
  const { standIn, world } = drive
  const wanted = wantedCall(drive.text, drive.connection, drive.declared, drive.drawn)
  const stateAt = (number: number) => new URL(`/poll?triggerState=${number}`, wanted.base)
  const begun = await begin(drive, nothing(drive, stateAt(1)))
  if (!begun.subscriber) return at('begin', begun.faults)
  const { subscriber, feed } = begun
  const [first] = standIn.received()
  const faults: TriggerFault[] = [...at('begin', begun.faults), ...at('begin', checkLast(drive, wanted))]
  try {
    if (!first) return faults
    const fired = await polled(drive, feed, first, stateAt(1), firing(drive, polling, stateAt(2)))
    faults.push(...at('state', fired.faults))
    faults.push(...at('event', await told(subscriber, eventsIn(drive, polling))))
    // The API says nothing of where to go on: the state stays.
    const silent = await polled(drive, fired.feed, first, stateAt(2), nothing(drive, null))
    faults.push(...at('state', silent.faults))
    const last = await polled(drive, silent.feed, first, stateAt(2), nothing(drive, null))
    faults.push(...at('state', last.faults))
    faults.push(...at('event', onlyTold(last.feed, eventsIn(drive, polling).length)))
    return faults
  } finally {
    await subscriber.leave()
    await world.triggers.remove(feedIdOf(feed.id))
  }
}

async function polled(
  drive: Drive,
  before: FeedRow,
  first: ReceivedRequest,
  asked: URL,
  answer: LaidOutAnswer,
): Promise<{ readonly feed: FeedRow; readonly faults: readonly Fault[] }> {
  prepare(drive, answer)
  const feed = await drive.world.poll(before)
  return {
    feed,
    faults: [...standing(feed), ...checkFollowed(drive, first, drive.declared.method, asked)],
  }
}

async function told(subscriber: Subscriber, events: readonly Json[]): Promise<readonly Fault[]> {
  const faults: Fault[] = []
  for (const event of events) faults.push(...(await subscriber.told(event)))
  return faults
}

export function onlyTold(feed: FeedRow, count: number): readonly Fault[] {
  return feed.lastSequence === count
    ? []
    : [{ kind: 'another number of events', detail: `${feed.lastSequence}, not ${count}` }]
}

function nothing(drive: Drive, location: URL | null): LaidOutAnswer {
  return {
    status: 202,
    contentType: null,
    body: '',
    headers: { 'retry-after': '60', ...header(drive, location) },
  }
}

function header({ extent }: Drive, location: URL | null): Record<string, string> {
  if (!location) return {}
  return { location: extent === 'all' ? location.href : location.pathname + location.search }
}

/** Two items of a batch, or the answer itself. */
function eventsIn(drive: Drive, { batch, itemsPath }: DeclaredPolling): readonly Json[] {
  const body = drawn(drive, drive.declared.response ?? undefined, 'answer')
  const items = batch ? found(body, itemsPath) : undefined
  return Array.isArray(items) && items.length > 0 ? items : [body]
}

function firing(drive: Drive, polling: DeclaredPolling, location: URL): LaidOutAnswer {
  const body = drawn(drive, drive.declared.response ?? undefined, 'answer')
  const events = eventsIn(drive, polling)
  const whole =
    polling.batch && Array.isArray(found(body, polling.itemsPath))
      ? placed(body, polling.itemsPath, [...events])
      : body
  return {
    status: 200,
    contentType: 'application/json',
    body: canonical(whole),
    headers: header(drive, location),
  }
}
