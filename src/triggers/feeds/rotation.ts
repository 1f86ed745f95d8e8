// Rotation: what older keys sealed in feeds is sealed again with the current one, while the feeds go on.
import { and, asc, eq, gt, or, sql } from 'drizzle-orm'
import { isJunctorError } from '../../errors.ts'
import { type Database, schema } from '../../store/index.ts'
import { type FeedId, feedIdOf } from './feed.ts'
import type { FeedRow } from './feed-row.ts'
import type { FeedColumn, FeedSeal } from './seal.ts'

export interface ResealedFeeds {
  /** How many texts; a feed has up to four. */
  readonly resealed: number
  /** Feeds with a text that no configured key opens: to be removed and made again. */
  readonly broken: readonly FeedId[]
}

const { feed } = schema
const batch = 100

/** Every column of a feed that is sealed, by its name in the table. */
const sealedColumns = [
  ['pollState', 'poll_state'],
  ['tokenSealed', 'token_sealed'],
  ['registration', 'registration'],
  ['webhookSecret', 'webhook_secret'],
] as const

export function createFeedRotation({ db, seal }: { readonly db: Database; readonly seal: FeedSeal }) {
  /** What an older key sealed in the row, sealed anew; null where no key opens it. */
  function renewed(row: FeedRow): [key: (typeof sealedColumns)[number][0], sealed: string | null][] {
    return sealedColumns.flatMap(([key, column]) => {
      const sealed = row[key]
      if (sealed === null || sealed.startsWith(seal.currentPrefix)) return []
      return [[key, resealedText(sealed, { feedId: row.id, organizationId: row.organizationId, column })]]
    })
  }

  function resealedText(sealed: string, at: FeedColumn): string | null {
    try {
      return seal.seal(seal.open(sealed, at), at)
    } catch (error) {
      if (!isJunctorError(error)) throw error
      return null
    }
  }

  /** One batch behind the position, in one transaction; the rows are locked, so that no newer state is lost. */
  async function resealBatch(after: string | null) {
    return db.transaction(async transaction => {
      const stale = sealedColumns.map(([key]) => sql`not starts_with(${feed[key]}, ${seal.currentPrefix})`)
      const rows = await transaction
        .select()
        .from(feed)
        .where(and(or(...stale), after === null ? undefined : gt(feed.id, after)))
        .orderBy(asc(feed.id))
        .limit(batch)
        .for('update')
      const broken: FeedId[] = []
      let count = 0
      for (const row of rows) {
        const columns = renewed(row)
        const sound = columns.filter(([, sealed]) => sealed !== null)
        count += sound.length
        if (sound.length < columns.length) broken.push(feedIdOf(row.id))
        if (sound.length > 0)
          await transaction.update(feed).set(Object.fromEntries(sound)).where(eq(feed.id, row.id))
      }
      return { last: rows.at(-1)?.id ?? null, full: rows.length === batch, count, broken }
    })
  }

  return async function reseal(): Promise<ResealedFeeds> {
    const broken: FeedId[] = []
    let resealed = 0
    for (let after: string | null = null; ; ) {
      const done = await resealBatch(after)
      broken.push(...done.broken)
      resealed += done.count
      after = done.last
      if (!done.full) return { resealed, broken }
    }
  }
}
