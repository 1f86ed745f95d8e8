// Who sees which feed: whoever may USE its connection; one without a connection, the members of its organization.
import { JunctorError } from '../errors.ts'
import { isId } from '../id.ts'
import { type Feed, feedIdOf } from '../triggers/index.ts'
import { type RequestContext, signedIn } from './context.ts'
import type { Services } from './services.ts'

interface FeedServices extends Pick<Services, 'triggers'> {
  readonly connections: Pick<Services['connections'], 'roleOf'>
}
type Asker = Pick<RequestContext, 'actor'>

/** Null for a feed that is not there, or not for this person. */
export async function visibleFeed(
  { triggers, connections }: FeedServices,
  context: Asker,
  id: string,
): Promise<Feed | null> {
  const actor = signedIn(context)
  const feed = isId(id) ? await triggers.get(feedIdOf(id)) : null
  if (!feed) return null
  const allowed = feed.connectionId
    ? (await connections.roleOf(actor, feed.connectionId)) !== null
    : actor.organizationIds.includes(feed.organizationId)
  return allowed ? feed : null
}

/** Throws FEED_NOT_FOUND where there is none for this person. */
export async function readableFeed(services: FeedServices, context: Asker, id: string): Promise<Feed> {
  const feed = await visibleFeed(services, context, id)
  if (feed) return feed
  throw noFeed(id)
}

export function noFeed(id: string): JunctorError {
  return new JunctorError('FEED_NOT_FOUND', `There is no feed "${id}" that you may see.`)
}
