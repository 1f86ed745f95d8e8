// A connector's trigger, opened: GraphQL arguments → binding → feed → the events as the field's values.
import { JunctorError } from '../errors.ts'
import type { Actor } from '../identity/index.ts'
import { wireArguments } from '../subgraph/index.ts'
import type { Binding, FeedEvent } from '../triggers/index.ts'
import { operationOf } from './call-operation.ts'
import { identityOf } from './catalogue/installed.ts'
import { type RequestContext, signedIn } from './context.ts'
import { guardedEvents } from './guarded-events.ts'
import { mappedEvents } from './mapped-events.ts'
import type { Resolver } from './resolver.ts'
import type { Services } from './services.ts'
import type { Slice } from './slices/slice.ts'

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
  readonly connections: Pick<Services['connections'], 'resolve' | 'get'>
}

/** Makes the event sources of root subscriptions; null for a name that is no connector's trigger. */
export function createTriggerOpener(services: TriggerServices) {
  return function openerOf(slice: Slice, field: string): Resolver | null {
    const found = slice.operations.get(field)
    const artifact = found?.connector.artifact
    if (!found || !artifact) return null
    const { connector, operation } = found
    const identity = identityOf(connector.entry)
    const payload = payloadType(slice, field)

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
          arguments: { parameters: wire.parameters, ...(wire.body === undefined ? {} : { body: wire.body }) },
        },
        ownerId: actor.userId,
        after: wire.after,
        typename: payload,
      })
    }
  }
}

interface Stream {
  readonly binding: Binding
  readonly ownerId: string
  readonly after: string | null | undefined
  readonly typename: string
}

/**
 * Subscribes to a feed. Access is looked at again before each event and while none comes: where it was revoked
 * meanwhile, the stream ends with that error.
 */
export async function openStream(
  services: TriggerServices,
  context: Pick<RequestContext, 'actorNow' | 'signal'>,
  stream: Stream,
): Promise<AsyncIterable<EventSource>> {
  const left = new AbortController()
  const opened = await services.triggers.subscribe({
    binding: stream.binding,
    options: { durable: false, ownerId: stream.ownerId },
    ...(stream.after ? { after: stream.after } : {}),
    signal: AbortSignal.any([context.signal, left.signal]),
  })
  services.metrics.subscribers.inc()
  left.signal.addEventListener('abort', () => services.metrics.subscribers.dec(), { once: true })
  const guarded = guardedEvents({
    source: opened.events,
    check: async () => mayRead(services, signedIn({ actor: await context.actorNow() }), stream.binding),
    stop: () => left.abort(),
    clock: services.clock,
    logger: services.logger,
  })
  return mappedEvents(guarded, event => eventSource(event, stream.typename))
}

/** Throws where this person may not read the feed of the binding (any more). */
async function mayRead(
  { connections }: Pick<TriggerServices, 'connections'>,
  actor: Actor,
  { connectionId, organizationId, field }: Binding,
): Promise<void> {
  if (connectionId) await connections.get(actor, connectionId)
  else if (!actor.organizationIds.includes(organizationId))
    throw new JunctorError(
      'FORBIDDEN',
      `This feed of ${field} belongs to an organization that you are not a member of.`,
    )
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
