// The life of a webhook (connector-format §5.2): subscribed with the hub's URL in its places, one delivery told,
// unsubscribed at the address that the provider gave.
import { isJsonObject, type Json } from '../../../src/json.ts'
import { feedIdOf } from '../../../src/triggers/index.ts'
import { canonical, type Fault } from '../calls/compare.ts'
import { exactJson, type ReceivedRequest } from '../calls/received-request.ts'
import { wantedCall } from '../calls/wanted-call.ts'
import { type DeclaredWebhook, found, placed, without } from './declared-trigger.ts'
import { begin, checkFollowed, checkLast, type Drive, drawn } from './drive.ts'
import { at, type TriggerFault } from './trigger-faults.ts'
import type { FeedRow, World } from './world.ts'

export async function driveWebhook(given: Drive, webhook: DeclaredWebhook): Promise<readonly TriggerFault[]> {
  const { declared, world, standIn } = given
  const drive = { ...given, drawn: { ...given.drawn, body: ofCaller(given, webhook) } }
  const location = locationOf(drive)
  const begun = await begin(drive, {
    status: declared.status,
    contentType: 'application/json',
    body: declared.response ? canonical(drawn(drive, declared.response, 'answer')) : '',
    headers: { location: drive.extent === 'all' ? location.href : location.pathname + location.search },
  })
  if (!begun.subscriber) return at('begin', begun.faults)
  const { subscriber, feed } = begun
  try {
    const first = standIn.received().at(-1)
    const url = first ? callbackIn(first, webhook) : await urlByHand(world, feed)
    const faults = [
      ...at('begin', begun.faults),
      ...at('begin', checkRegistration(drive, webhook, first, url)),
    ]
    if (url === null) return faults
    const event = drawn(drive, webhook.notification, 'event')
    return [
      ...faults,
      ...at('event', await delivered(url, event)),
      ...at('event', await subscriber.told(event)),
      ...at('end', await unsubscribed(drive, feed, first, location)),
    ]
  } finally {
    await subscriber.leave()
  }
}

/** The callback is the hub's to give, not the caller's; where nothing else is in the body, it is none of theirs. */
function ofCaller({ drawn, operation }: Drive, { callbackPaths }: DeclaredWebhook): Json | undefined {
  const left = callbackPaths.reduce<Json | undefined>((rest, path) => without(rest, path), drawn.body)
  const isAsked = Object.values(operation.arguments).some(({ to }) => to === 'body')
  return isHollow(left) && !isAsked ? undefined : left
}

function isHollow(value: Json | undefined): boolean {
  return isJsonObject(value) && Object.values(value).every(isHollow)
}

/** At the host that the subscription goes to. */
function locationOf(drive: Drive): URL {
  const wanted = wantedCall(drive.text, drive.connection, drive.declared, drive.drawn)
  return new URL('/subscriptions/7f3a?tenant=a%20b', wanted.base)
}

/** The URL that a subscription hands out; null where it is not in the first of its places. */
function callbackIn({ body }: ReceivedRequest, { callbackPaths }: DeclaredWebhook): string | null {
  const url = found(exactJson(body.toString('utf8')), callbackPaths[0] ?? [])
  return typeof url === 'string' ? url : null
}

async function urlByHand({ triggers }: World, { id }: FeedRow): Promise<string | null> {
  const feed = await triggers.get(feedIdOf(id))
  return feed && triggers.webhookUrl(feed)
}

function checkRegistration(
  drive: Drive,
  { callbackPaths }: DeclaredWebhook,
  first: ReceivedRequest | undefined,
  url: string | null,
): readonly Fault[] {
  if (!first) return callbackPaths.length === 0 ? [] : [{ kind: 'nobody was told', detail: '' }]
  const isOurs = url?.startsWith(`${drive.world.publicUrl}/webhooks/`)
  if (!url || !isOurs) return [{ kind: 'no callback', detail: first.body.toString('utf8').slice(0, 200) }]
  const body = callbackPaths.reduce<Json | undefined>(
    (whole, path) => placed(whole, path, url),
    drive.drawn.body,
  )
  return checkLast(drive, wantedCall(drive.text, drive.connection, drive.declared, { ...drive.drawn, body }))
}

async function delivered(url: string, event: Json): Promise<readonly Fault[]> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: canonical(event) })
  await response.arrayBuffer()
  return response.ok ? [] : [{ kind: 'delivery refused', detail: String(response.status) }]
}

async function unsubscribed(
  drive: Drive,
  feed: FeedRow,
  first: ReceivedRequest | undefined,
  location: URL,
): Promise<readonly Fault[]> {
  drive.standIn.prepare([{ status: 204, contentType: null, body: '' }])
  await drive.world.triggers.remove(feedIdOf(feed.id))
  return first ? checkFollowed(drive, first, 'DELETE', location) : []
}
