// The life of a poll by policy (connector-format §5.3): a list, newest first, whose first answer only gives the state;
// what is new in the next is told, and each poll asks with the state of the one before.
import type { Json } from '../../../src/json.ts'
import { feedIdOf } from '../../../src/triggers/index.ts'
import { canonical } from '../calls/compare.ts'
import { member, own } from '../calls/package-text.ts'
import { merged, typeOf } from '../calls/schema-reading.ts'
import type { LaidOutAnswer } from '../calls/upstream.ts'
import { textOf } from '../calls/wanted-body.ts'
import { wantedCall } from '../calls/wanted-call.ts'
import type { WantedRequest } from '../calls/wanted-request.ts'
import { type DeclaredPolling, found, pathOf, placed } from './declared-trigger.ts'
import { begin, checkLast, type Drive, drawn, prepare, standing } from './drive.ts'
import { onlyTold } from './drive-protocol.ts'
import { at, type TriggerFault } from './trigger-faults.ts'
import type { FeedRow } from './world.ts'

export async function drivePolicy(drive: Drive, polling: DeclaredPolling): Promise<readonly TriggerFault[]> {
  const { world } = drive
  const lists = [[1], [2, 1], []].map(numbers => listing(drive, polling, numbers))
  const [baseline, more, none] = lists as [Json, Json, Json]
  const begun = await begin(drive, answering(baseline))
  if (!begun.subscriber) return at('begin', begun.faults)
  const { subscriber, feed } = begun
  const faults: TriggerFault[] = [
    ...at('begin', begun.faults),
    ...at('begin', checkLast(drive, wantedWith(drive, polling, null))),
    ...at('begin', onlyTold(feed, 0)),
  ]
  const next = async (before: FeedRow, stateOf: Json, answer: Json) => {
    prepare(drive, answering(answer))
    const after = await world.poll(before)
    faults.push(
      ...at('state', [...standing(after), ...checkLast(drive, wantedWith(drive, polling, stateOf))]),
    )
    return after
  }
  try {
    const fired = await next(feed, baseline, more)
    const [event] = found(more, polling.itemsPath) as readonly Json[]
    faults.push(...at('event', await subscriber.told(event ?? null)))
    // Nothing new, whether the API leaves out what it told or not: the state stays that of the newest item.
    const quiet = await next(fired, more, none)
    const again = await next(quiet, more, more)
    return [...faults, ...at('event', onlyTold(again, 1))]
  } finally {
    await subscriber.leave()
    await world.triggers.remove(feedIdOf(feed.id))
  }
}

function answering(body: Json): LaidOutAnswer {
  return { status: 200, contentType: 'application/json', body: canonical(body) }
}

/** The answer with these items, each another; what the state is made of grows with an item's number. */
function listing(drive: Drive, { itemsPath, state }: DeclaredPolling, numbers: readonly number[]): Json {
  const { document } = drive.text
  const whole = drive.declared.response ?? undefined
  const schema = itemsPath.reduce<Json | undefined>(
    (outer, name) => own(member(merged(document, outer), 'properties'), name),
    whole,
  )
  const itemSchema = own(merged(document, schema), 'items')
  const paths = Object.values(state).flatMap(text => expressionsIn(text).map(pathOf))
  const isOfItem = (path: readonly string[]) => path[itemsPath.length] === '0'
  const items = numbers.map(number => {
    const item = drawn(drive, itemSchema, `item ${number}`)
    return paths
      .filter(isOfItem)
      .map(path => path.slice(itemsPath.length + 1))
      .reduce<Json>((made, path) => placed(made, path, grown(document, itemSchema, path, number)), item)
  })
  const body = placed(drawn(drive, whole, 'answer'), itemsPath, items)
  const newest = numbers[0] ?? 0
  return paths
    .filter(path => !isOfItem(path))
    .reduce<Json>((made, path) => placed(made, path, grown(document, whole, path, newest)), body)
}

/** A value of the declared type. */
function grown(
  document: Drive['text']['document'],
  schema: Json | undefined,
  path: readonly string[],
  number: number,
): Json {
  const declared = path.reduce<Json | undefined>(
    (outer, name) => own(member(merged(document, outer), 'properties'), name),
    schema,
  )
  const type = typeOf(merged(document, declared))
  return type === 'integer' || type === 'number' ? 1000 + number : `2026-01-0${number}T12:00:00Z`
}

function expressionsIn(text: string): readonly string[] {
  return [...text.matchAll(/@\{([^}]*)\}/g)].map(([, inner]) => inner ?? '')
}

/** The request of a poll behind this answer; null: of the first, which knows no state. */
function wantedWith(drive: Drive, { state }: DeclaredPolling, answer: Json | null): WantedRequest {
  const wanted = wantedCall(drive.text, drive.connection, drive.declared, drive.drawn)
  if (answer === null) return wanted
  const pairs = Object.entries(state).map(([name, text]) => ({
    name,
    parts: [
      text.replace(/@\{([^}]*)\}/g, (_all, inner: string) => textOf(found(answer, pathOf(inner)) ?? '')),
    ],
    separator: null,
  }))
  wanted.query = [...wanted.query.filter(({ name }) => !Object.hasOwn(state, name)), ...pairs]
  return wanted
}
