// Feeds: durable ones are made here; all that the caller may see are listed with their events.
import type { ConnectionId } from '../../connections/index.ts'
import { JunctorError } from '../../errors.ts'
import type { Actor } from '../../identity/index.ts'
import { isJsonObject } from '../../json.ts'
import { wireArguments } from '../../subgraph/index.ts'
import type { Feed, FeedEvent, FeedId, FeedStart } from '../../triggers/index.ts'
import { boundArguments, operationOf } from '../call-operation.ts'
import { identityOf } from '../catalogue/installed.ts'
import { type RequestContext, signedIn } from '../context.ts'
import { entitiesResolver } from '../federation/entities.ts'
import { mayUseConnector } from '../introspection.ts'
import { eventSource, openStream } from '../open-trigger.ts'
import { field, type Resolvers } from '../resolver.ts'
import type { Services } from '../services.ts'
import { connectorOfField } from '../slices/root-fields.ts'
import { readableFeed as readable, visibleFeed as visible } from '../visible-feed.ts'
import { type PageArgs, pageSize } from './page.ts'

interface CreateFeedArgs {
  readonly input: {
    readonly field: string
    readonly connection?: string | null
    readonly arguments?: unknown
    readonly intervalSeconds?: number | null
    readonly start?: FeedStart['start'] | null
    readonly startCount?: number | null
    readonly startSince?: string | null
  }
}

interface FeedEventsArgs {
  readonly feed: string
  readonly after?: string | null
  readonly until?: string | null
}

const feedEventType = 'FeedEvent'

export function feedResolvers(services: Services): Resolvers {
  const { catalogue, connections, triggers, audit } = services

  const visibleFeed = (context: RequestContext, id: string) => visible(services, context, id)
  const readableFeed = (context: RequestContext, id: string) => readable(services, context, id)

  async function mayEdit(actor: Actor, connectionId: ConnectionId | null): Promise<boolean> {
    const role = connectionId === null ? null : await connections.roleOf(actor, connectionId)
    return role === 'EDIT' || role === 'OWN'
  }

  /** Who made a feed may end it; so may whoever may EDIT its connection. */
  async function ownFeed(context: RequestContext, id: string): Promise<Feed> {
    const actor = signedIn(context)
    const feed = await readableFeed(context, id)
    if (feed.ownerId === actor.userId || (await mayEdit(actor, feed.connectionId))) return feed
    throw new JunctorError(
      'FORBIDDEN',
      `The feed "${id}" is somebody else's: this needs the role EDIT on its connection.`,
    )
  }

  async function changed(
    context: RequestContext,
    id: string,
    action: string,
    change: (id: FeedId) => Promise<Feed | undefined>,
  ): Promise<Feed | undefined> {
    const feed = await ownFeed(context, id)
    const result = await change(feed.id)
    await audit.append(signedIn(context), {
      action,
      resource: `feed ${id}`,
      connectionId: feed.connectionId,
      organizationId: feed.organizationId,
      outcome: 'OK',
    })
    return result
  }

  async function createFeed({ input }: CreateFeedArgs, context: RequestContext): Promise<Feed> {
    const actor = signedIn(context)
    const name = connectorOfField(input.field)
    const entry = name ? catalogue.get(name) : null
    const connector = entry && mayUseConnector(actor, entry) ? await catalogue.load(entry.name) : null
    const compiled = connector?.artifact?.operations.find(
      operation => operation.field === input.field && operation.root === 'Subscription',
    )
    if (!connector?.artifact || !compiled)
      throw new JunctorError(
        'BAD_INPUT',
        `There is no trigger "${input.field}"; ask connector(name: …) { operations(kind: TRIGGER) { nodes { field } } } for them.`,
      )
    const given = input.arguments ?? {}
    if (!isJsonObject(given))
      throw new JunctorError('BAD_INPUT', 'arguments must be an object: values by the name of each argument.')
    const wire = wireArguments(connector.artifact, compiled, given)
    const identity = identityOf(connector.entry)
    const connection = await connections.resolve(actor, identity, input.connection ?? null)
    const feed = await triggers.create(
      {
        organizationId: connection?.organizationId ?? actor.organizationId,
        ...identity,
        operationId: operationOf(connector, compiled).id,
        field: input.field,
        connectionId: connection?.id ?? null,
        arguments: boundArguments(wire),
      },
      {
        durable: true,
        ownerId: actor.userId,
        mayChange: await mayEdit(actor, connection?.id ?? null),
        ...startOf(input),
        ...(input.intervalSeconds == null ? {} : { intervalSeconds: input.intervalSeconds }),
      },
    )
    await audit.append(actor, {
      action: 'createFeed',
      resource: `feed ${feed.id}`,
      connectionId: feed.connectionId,
      organizationId: feed.organizationId,
      outcome: 'OK',
    })
    return feed
  }

  return {
    Query: {
      feeds: field<unknown, PageArgs & { connection?: string | null }>(async (_source, args, context) => {
        const actor = signedIn(context)
        const connection = args.connection ? await connections.get(actor, args.connection) : null
        const page = await triggers.list({
          organizationId: connection?.organizationId ?? actor.organizationId,
          ...(connection ? { connectionId: connection.id } : {}),
          first: pageSize(args),
          ...(args.after ? { after: args.after } : {}),
        })
        const seen = await Promise.all(page.feeds.map(feed => visibleFeed(context, feed.id)))
        const nodes = seen.flatMap(feed => feed ?? [])
        const { totalCount, hasNextPage, endCursor } = page
        return { nodes, totalCount, pageInfo: { hasNextPage, endCursor } }
      }),
      feed: field<unknown, { id: string }>((_source, { id }, context) => visibleFeed(context, id)),
      _entities: entitiesResolver(visibleFeed),
    },
    Mutation: {
      createFeed: field<unknown, CreateFeedArgs>((_source, args, context) => createFeed(args, context)),
      pauseFeed: field<unknown, { id: string }>((_source, { id }, context) =>
        changed(context, id, 'pauseFeed', feed => triggers.pause(feed)),
      ),
      resumeFeed: field<unknown, { id: string }>((_source, { id }, context) =>
        changed(context, id, 'resumeFeed', feed => triggers.resume(feed)),
      ),
      deleteFeed: field<unknown, { id: string }>(async (_source, { id }, context) => {
        await changed(context, id, 'deleteFeed', async feed => {
          await triggers.remove(feed)
          return undefined
        })
        return id
      }),
    },
    Subscription: {
      feedEvents: field<unknown, FeedEventsArgs>(async (_source, args, context) => {
        const feed = await readableFeed(context, args.feed)
        return openStream(services, context, {
          binding: feed,
          // A range of the log is read as it is: whoever wants it wants no feed started.
          ...(feed.once || args.until ? { follow: feed.id } : {}),
          ...(args.until ? { until: args.until } : {}),
          ownerId: signedIn(context).userId,
          after: args.after,
          typename: feedEventType,
          filter: null,
        })
      }),
    },
    Event: {
      feed: field<{ feed: { id: string } }>((source, _args, context) =>
        readableFeed(context, source.feed.id),
      ),
    },
    Feed: {
      connection: field<Feed>((feed, _args, context) =>
        feed.connectionId ? connections.get(context.actor, feed.connectionId) : null,
      ),
      source: field<Feed>(feed => `urn:uuid:${feed.id}`),
      type: field<Feed>(feed => feed.field),
      polls: field<Feed>(({ polls }) => polls.map(poll => ({ ...poll, time: poll.time.toISOString() }))),
      subscribers: field<Feed>(feed => triggers.subscriberCount(feed.id)),
      webhookUrl: field<Feed>(feed => triggers.webhookUrl(feed)),
      events: field<Feed, PageArgs>(async (feed, args) => {
        const page = await triggers.events(feed.id, {
          first: pageSize(args),
          ...(args.after ? { after: args.after } : {}),
        })
        const { hasNextPage, oldestCursor, newestCursor, events } = page
        const nodes = events.map((event: FeedEvent) => eventSource(event, feedEventType))
        return {
          nodes,
          oldestCursor,
          newestCursor,
          pageInfo: { hasNextPage, endCursor: nodes.at(-1)?.cursor ?? null },
        }
      }),
    },
  }
}

/** NEW_ONLY asks for nothing: it is what a new feed does, and changes none that is there. */
function startOf(input: CreateFeedArgs['input']): { readonly start?: FeedStart } {
  if (input.start === 'LAST') {
    const count = input.startCount ?? 1
    if (count < 1 || count > 1000) throw new JunctorError('BAD_INPUT', 'startCount must be from 1 to 1000.')
    return { start: { start: 'LAST', count } }
  }
  if (input.start === 'SINCE') {
    const since = new Date(input.startSince ?? '')
    if (Number.isNaN(since.getTime()))
      throw new JunctorError('BAD_INPUT', 'start: SINCE needs startSince, an ISO 8601 instant.')
    return { start: { start: 'SINCE', since } }
  }
  return {}
}
