// A connector's trigger, opened: GraphQL arguments → binding → a place at its feed.
import { type GraphQLOutputType, isObjectType } from 'graphql'
import type { ConnectorIdentity } from '../connections/index.ts'
import { printJson } from '../json.ts'
import { compileFilter, wireArguments } from '../subgraph/index.ts'
import type { Binding, FeedEvent, FeedId, Subscription } from '../triggers/index.ts'
import { boundArguments, operationOf } from './call-operation.ts'
import { identityOf } from './catalogue/installed.ts'
import { type RequestContext, signedIn } from './context.ts'
import type { Filter } from './delivery/seat.ts'
import type { Resolver } from './resolver.ts'
import type { Services } from './services.ts'
import type { Slice } from './slices/slice.ts'
import { noFeed, readableFeed } from './visible-feed.ts'

/** An event as resolvers read it; `feed` is resolved further only where the hub's own Feed type is in the slice. */
export interface EventSource {
  readonly __typename: string
  readonly id: string
  readonly cursor: string
  readonly time: string
  readonly data: unknown
  readonly feed: { readonly id: string }
}

/** What opening a trigger needs. */
export interface TriggerServices extends Pick<Services, 'triggers' | 'clock' | 'logger' | 'metrics'> {
  readonly connections: Pick<Services['connections'], 'resolve' | 'get' | 'roleOf'>
}

/** Makes the event sources of root subscriptions; null for a name that is no connector's trigger or webhook action. */
export function createTriggerOpener(services: TriggerServices) {
  return function openerOf(slice: Slice, field: string): Resolver | null {
    const found = slice.operations.get(field)
    const artifact = found?.connector.artifact
    if (!found || !artifact) return null
    const { connector, operation } = found
    const identity = identityOf(connector.entry)
    const payload = payloadType(slice, field)
    if (operation.result === 'feed')
      return (_source, args, context) =>
        openAnswer(services, context, { args: args as AnswerArgs, identity, field, typename: payload })
    const filterOf = (where: unknown): Filter => {
      const matches = compileFilter(where, dataType(slice, payload), slice.wireName)
      return { key: printJson(where), matches: ({ data }) => matches(data) }
    }

    return async (_source, args, context) => {
      const actor = signedIn(context)
      const wire = wireArguments(artifact, operation, args as Readonly<Record<string, unknown>>)
      const connection = await services.connections.resolve(actor, identity, wire.connection ?? null)
      return openStream(services, context, {
        binding: {
          // A connection's feeds belong to its organization, whoever subscribes.
          organizationId: connection?.organizationId ?? actor.organizationId,
          ...identity,
          operationId: operationOf(connector, operation).id,
          field,
          connectionId: connection?.id ?? null,
          arguments: boundArguments(wire),
        },
        ownerId: actor.userId,
        after: wire.after,
        typename: payload,
        filter: wire.where === undefined ? null : filterOf(wire.where),
      })
    }
  }
}

interface AnswerArgs {
  readonly feed: string
  readonly after?: string | null
}

/** The answer to a webhook action: the feed that its call answered with, and no other. */
async function openAnswer(
  services: TriggerServices,
  context: RequestContext,
  asked: {
    readonly args: AnswerArgs
    readonly identity: ConnectorIdentity
    readonly field: string
    readonly typename: string
  },
): Promise<FeedStream> {
  const { feed: id, after } = asked.args
  const feed = await readableFeed(services, context, id)
  const { connector, importId } = asked.identity
  if (feed.field !== asked.field || feed.connector !== connector || feed.importId !== importId)
    throw noFeed(id)
  return openStream(services, context, {
    binding: feed,
    follow: feed.id,
    ownerId: signedIn(context).userId,
    after,
    typename: asked.typename,
    filter: null,
  })
}

interface Wanted {
  readonly binding: Binding
  /** Read this feed, and make none. */
  readonly follow?: FeedId
  readonly ownerId: string
  readonly after: string | null | undefined
  /** Of a feed that is followed: the cursor of the last event. */
  readonly until?: string
  readonly typename: string
  readonly filter: Filter | null
}

/** A place at a feed, with what its subscriber wants of it. */
export interface FeedStream extends Pick<Wanted, 'binding' | 'typename' | 'filter'>, AsyncIterable<never> {
  readonly subscription: Subscription
}

/** Subscribes to a feed. */
export async function openStream(
  { triggers }: Pick<Services, 'triggers'>,
  { signal, resumeAfter }: Pick<RequestContext, 'signal' | 'resumeAfter'>,
  { binding, follow, ownerId, after, until, typename, filter }: Wanted,
): Promise<FeedStream> {
  const cursor = resumeAfter ?? after
  const reading = { ...(cursor ? { after: cursor } : {}), signal }
  const subscription =
    follow === undefined
      ? await triggers.subscribe({ binding, options: { durable: false, ownerId }, ...reading })
      : await triggers.follow({ feedId: follow, ...(until === undefined ? {} : { until }), ...reading })
  return {
    subscription,
    binding,
    typename,
    filter,
    // What graphql-js wants a source to be; events go to clients by way of `delivery`.
    [Symbol.asyncIterator]() {
      throw new Error('A feed is delivered, not iterated.')
    },
  }
}

export function isFeedStream(stream: AsyncIterable<unknown>): stream is FeedStream {
  return 'subscription' in stream && 'filter' in stream
}

export function eventSource(event: FeedEvent, typename: string): EventSource {
  return {
    __typename: typename,
    id: event.id,
    cursor: event.cursor,
    time: event.time.toISOString(),
    data: event.data,
    feed: { id: event.feedId },
  }
}

function payloadType(slice: Slice, field: string): string {
  const type = slice.schema.getSubscriptionType()?.getFields()[field]?.type
  return String(type ?? '').replace(/!$/, '')
}

function dataType(slice: Slice, payload: string): GraphQLOutputType {
  const event = slice.schema.getType(payload)
  const data = isObjectType(event) ? event.getFields().data : undefined
  if (data) return data.type
  throw new Error(`${payload} is no type of an event.`)
}
