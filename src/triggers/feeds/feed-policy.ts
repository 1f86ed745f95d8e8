// How often a feed polls and where it begins, as whoever makes it chose; and who may choose anew for a feed that is
// there already.
import { sql } from 'drizzle-orm'
import { JunctorError } from '../../errors.ts'
import { schema } from '../../store/index.ts'
import type { TriggerSettings } from '../settings.ts'
import { secondsFromNow } from '../time/index.ts'
import type { FeedOptions } from './feed.ts'
import type { FeedRow, FeedUpdate } from './feed-row.ts'

const { feed } = schema

/** The policy's columns for a feed that is made or started anew. */
export function policyOf({ intervalSeconds, start }: FeedOptions, settings: TriggerSettings) {
  const chosen = intervalSeconds ?? settings.defaultIntervalSeconds
  return {
    intervalSeconds: Math.max(1, Math.ceil(Math.max(chosen, settings.minimumIntervalSeconds))),
    intervalChosen: intervalSeconds !== undefined,
    start: start?.start ?? 'NEW_ONLY',
    startCount: start?.start === 'LAST' ? start.count : null,
    startSince: start?.start === 'SINCE' ? start.since : null,
  } as const
}

/**
 * What changes in a live feed that somebody wants to be durable: what they gave, and nothing else. Whoever makes it
 * durable first owns it. Throws FORBIDDEN where they would change, or resume, what is somebody else's.
 */
export function adoption(row: FeedRow, options: FeedOptions, settings: TriggerSettings): FeedUpdate {
  const own = row.ownerId === null || row.ownerId === options.ownerId || options.mayChange === true
  if (!own && row.status === 'PAUSED')
    throw new JunctorError(
      'FORBIDDEN',
      `The feed ${row.id} of ${row.field} is there already, and somebody else’s who paused it: ask them to resume it.`,
    )
  const given = options.intervalSeconds !== undefined || options.start !== undefined
  if (!own && row.durable && given)
    throw new JunctorError(
      'FORBIDDEN',
      `The feed ${row.id} of ${row.field} is there already, and somebody else’s: share it as it is, without intervalSeconds and start; changing it needs the role EDIT on its connection.`,
    )
  return {
    durable: true,
    lingerUntil: null,
    ownerId: row.durable ? (row.ownerId ?? options.ownerId) : options.ownerId,
    ...givenPolicy(options, settings),
  }
}

function givenPolicy(options: FeedOptions, settings: TriggerSettings): FeedUpdate {
  const { intervalSeconds, intervalChosen, ...start } = policyOf(options, settings)
  return {
    // The next poll comes by the new interval; what it goes on from stays.
    ...(options.intervalSeconds === undefined
      ? {}
      : { intervalSeconds, intervalChosen, nextDueAt: sooner(intervalSeconds) }),
    ...(options.start === undefined ? {} : start),
  }
}

/** Null stays: there is no work. Least() leaves nulls out. */
function sooner(seconds: number) {
  return sql`case when ${feed.nextDueAt} is not null then least(${feed.nextDueAt}, ${secondsFromNow(seconds)}) end`
}
