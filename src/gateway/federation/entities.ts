// `_entities` of the hub's subgraph: a router that has a feed's id from a connector's subgraph asks here for the rest.
import { z } from 'zod'
import { JunctorError } from '../../errors.ts'
import type { Feed } from '../../triggers/index.ts'
import type { RequestContext } from '../context.ts'
import { field, type Resolver } from '../resolver.ts'

/** A router asks once for all feeds that an answer of another subgraph names; those are a few. */
const mostRepresentations = 100

const feedRepresentation = z.object({ __typename: z.literal('Feed'), id: z.string() })

/** `find` gives null for a feed that the caller may not see, and so does the entity. */
export function entitiesResolver(
  find: (context: RequestContext, id: string) => Promise<Feed | null>,
): Resolver {
  return field<unknown, { representations: readonly unknown[] }>((_source, { representations }, context) => {
    if (representations.length > mostRepresentations)
      throw new JunctorError(
        'LIMIT_EXCEEDED',
        `_entities takes at most ${mostRepresentations} representations, not ${representations.length}.`,
      )
    return Promise.all(
      representations.map(async representation => {
        const feed = await find(context, feedId(representation))
        // The union of entities is told apart by `__typename`.
        return feed && { ...feed, __typename: 'Feed' }
      }),
    )
  })
}

function feedId(representation: unknown): string {
  const parsed = feedRepresentation.safeParse(representation)
  if (parsed.success) return parsed.data.id
  throw new JunctorError(
    'BAD_INPUT',
    'A representation is no entity of the hub: pass { __typename: "Feed", id } and nothing else.',
  )
}
