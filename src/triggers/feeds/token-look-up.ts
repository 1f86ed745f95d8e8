// Which feed a token belongs to, asked of the store for all who ask at about the same time: a burst of deliveries costs
// few queries.
import { sql } from 'drizzle-orm'
import { type Database, schema } from '../../store/index.ts'
import type { FeedRow } from './feed-row.ts'

const { feed } = schema

/** What a delivery asks of its feed: the rest of the row would cost more to read than the delivery. */
const columns = {
  id: feed.id,
  organizationId: feed.organizationId,
  connector: feed.connector,
  importId: feed.importId,
  operationId: feed.operationId,
  connectionId: feed.connectionId,
  status: feed.status,
  once: feed.once,
  tokenHash: feed.tokenHash,
  tokenSealed: feed.tokenSealed,
  webhookSecret: feed.webhookSecret,
}

/** A feed as its deliveries need it. */
export type WebhookFeed = Pick<FeedRow, keyof typeof columns>

/** Queries under way. */
const mostUnderway = 2

/** Gives the feed with this token's hash as it stands after it was asked for; null for a hash that no feed has. */
export function createTokenLookUp(db: Database): (tokenHash: string) => Promise<WebhookFeed | null> {
  /** Prepared once for each connection: making and planning it costs more than the look-up itself. */
  const byHashes = db
    .select(columns)
    .from(feed)
    .where(sql`${feed.tokenHash} = any(${sql.placeholder('hashes')}::text[])`)
    .prepare('feeds_by_token')
  let next = new Map<string, PromiseWithResolvers<WebhookFeed | null>>()
  let underway = 0
  let starting = false

  /** Not at once: whatever else has come by now, or comes while the look-ups under way run, goes with it. */
  function startSoon(): void {
    if (starting) return
    starting = true
    setImmediate(() => {
      starting = false
      if (underway < mostUnderway && next.size > 0) void look()
    })
  }

  async function look(): Promise<void> {
    underway++
    const asked = next
    next = new Map()
    try {
      const rows = await byHashes.execute({ hashes: [...asked.keys()] })
      const found = new Map(rows.map(row => [row.tokenHash, row]))
      for (const [tokenHash, answer] of asked) answer.resolve(found.get(tokenHash) ?? null)
    } catch (error) {
      for (const answer of asked.values()) answer.reject(error)
    }
    underway--
    startSoon()
  }

  return tokenHash => {
    const answer = next.get(tokenHash) ?? Promise.withResolvers<WebhookFeed | null>()
    next.set(tokenHash, answer)
    startSoon()
    return answer.promise
  }
}
