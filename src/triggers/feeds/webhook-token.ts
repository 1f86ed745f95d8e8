// The token in a webhook's URL, which authenticates a delivery where nothing else is declared. Its hash finds the feed;
// the token itself is sealed, so that the URL can be shown.
import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { type Secret, secret } from '../../secret.ts'
import { type Database, schema } from '../../store/index.ts'
import type { FeedRow } from './feed-row.ts'
import type { FeedSeal } from './seal.ts'

const { feed } = schema

export interface TokenOptions {
  readonly db: Database
  readonly seal: FeedSeal
  /** Without a trailing slash. */
  readonly publicUrl: string
  readonly randomBytes: (size: number) => Uint8Array
}

export type Tokens = ReturnType<typeof createTokens>

/** 256 bits. */
const tokenBytes = 32
/** Queries under way. */
const lookUpsAtOnce = 2

export function createTokens({ db, seal, publicUrl, randomBytes }: TokenOptions) {
  /** Prepared once for each connection: making and planning it costs more than the look-up itself. */
  const byHashes = db
    .select()
    .from(feed)
    .where(sql`${feed.tokenHash} = any(${sql.placeholder('hashes')}::text[])`)
    .prepare('feeds_by_token')
  let next = new Map<string, PromiseWithResolvers<FeedRow | null>>()
  let underway = 0
  let starting = false

  /** Not at once: whatever else has come by now, or comes while the look-ups under way run, goes with it. */
  function startSoon(): void {
    if (starting) return
    starting = true
    setImmediate(() => {
      starting = false
      if (underway < lookUpsAtOnce && next.size > 0) void look()
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

  return {
    /** A new token as columns of its feed. */
    make(feedId: string, organizationId: string): Pick<FeedRow, 'tokenHash' | 'tokenSealed'> {
      const token = Buffer.from(randomBytes(tokenBytes)).toString('base64url')
      const sealed = seal.seal(token, { feedId, organizationId, column: 'token_sealed' })
      return { tokenHash: hash(token), tokenSealed: sealed }
    },

    /** A new secret for the provider to sign with or quote, and as the feed's column. */
    secret(feedId: string, organizationId: string): { readonly plain: Secret; readonly sealed: string } {
      const text = Buffer.from(randomBytes(tokenBytes)).toString('base64url')
      return {
        plain: secret(text),
        sealed: seal.seal(text, { feedId, organizationId, column: 'webhook_secret' }),
      }
    },

    /** The secret of the feed's column; null where there is none. */
    secretOf(row: Pick<FeedRow, 'id' | 'organizationId' | 'webhookSecret'>): Secret | null {
      if (row.webhookSecret === null) return null
      const { id: feedId, organizationId } = row
      return secret(seal.open(row.webhookSecret, { feedId, organizationId, column: 'webhook_secret' }))
    },

    /** The feed that this token belongs to, as it stands now; null for a token that nobody has. */
    find(token: string): Promise<FeedRow | null> {
      const tokenHash = hash(token)
      const answer = next.get(tokenHash) ?? Promise.withResolvers<FeedRow | null>()
      next.set(tokenHash, answer)
      startSoon()
      return answer.promise
    },

    /** Where the provider is to deliver; null for a feed that takes no deliveries. */
    url(row: Pick<FeedRow, 'id' | 'organizationId' | 'tokenSealed'>): string | null {
      if (row.tokenSealed === null) return null
      const { id: feedId, organizationId } = row
      const token = seal.open(row.tokenSealed, { feedId, organizationId, column: 'token_sealed' })
      return `${publicUrl}/webhooks/${token}`
    },
  }
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
