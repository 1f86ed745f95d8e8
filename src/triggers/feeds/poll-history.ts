// A feed's last polls, kept in its own row: written with what the poll leaves, in the same statement.
import { type SQL, sql } from 'drizzle-orm'
import { schema } from '../../store/index.ts'
import type { FeedPoll } from './feed.ts'

const { feed } = schema

/** Polls that are remembered. */
const kept = 20

type PollRecord = (typeof feed.$inferSelect)['recentPolls'][number]

/** The history with this poll in front. Reads what the row holds now: one lease may make many polls. */
export function withPoll({ time, outcome, status, events, milliseconds }: FeedPoll): SQL {
  const record: PollRecord = [time.getTime(), outcome, status, events, milliseconds]
  return sql`(
    select jsonb_agg(poll order by place) from jsonb_array_elements(
      jsonb_build_array(${JSON.stringify(record)}::jsonb) || ${feed.recentPolls}
    ) with ordinality as polls(poll, place) where place <= ${kept}
  )`
}

export function readPolls(records: readonly PollRecord[]): readonly FeedPoll[] {
  return records.map(([time, outcome, status, events, milliseconds]) => ({
    time: new Date(time),
    outcome,
    status,
    events,
    milliseconds,
  }))
}
