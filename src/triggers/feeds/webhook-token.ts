// The token in a webhook's URL, which authenticates a delivery where nothing else is declared. Its hash finds the feed;
// the token itself is sealed, so that the URL can be shown.
import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import QuickLRU from 'quick-lru'
import { type Secret, secret } from '../../secret.ts'
import { type Database, schema } from '../../store/index.ts'
import type { FeedRow } from './feed-row.ts'
import type { FeedSeal } from './seal.ts'
import { pathOf, printAddress, readAddress, readPath, type WebhookAddress } from './webhook-address.ts'

const { feed } = schema

export interface TokenOptions {
  readonly db: Database
  readonly seal: FeedSeal
  /** Without a trailing slash. */
  readonly publicUrl: string
  readonly randomBytes: (size: number) => Uint8Array
}

export type Tokens = ReturnType<typeof createTokens>

type Addressed = Pick<FeedRow, 'id' | 'organizationId' | 'tokenSealed'>

/** One more URL of a webhook, for the registration that replaces the one it has; its columns step by step. */
export interface FurtherAddress {
  readonly url: string
  /** Before the provider is told: both URLs count. */
  readonly opened: Pick<FeedRow, 'tokenSealed'>
  /** It is registered: both still do, for what is on its way to the old one. */
  readonly moved: Pick<FeedRow, 'tokenSealed'>
  /** The old one counts no more. */
  readonly alone: Pick<FeedRow, 'tokenSealed'>
}

/** Webhooks whose seal is not opened again for each delivery. */
const rememberedUrls = 10_000

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
  const numbers = new QuickLRU<string, readonly number[]>({ maxSize: rememberedUrls })

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

  const place = ({ id, organizationId }: Addressed) =>
    ({ feedId: id, organizationId, column: 'token_sealed' }) as const

  function addressOf(row: Addressed): WebhookAddress | null {
    return row.tokenSealed === null ? null : readAddress(seal.open(row.tokenSealed, place(row)))
  }

  function columns(row: Addressed, address: WebhookAddress): Pick<FeedRow, 'tokenSealed'> {
    return { tokenSealed: seal.seal(printAddress(address), place(row)) }
  }

  /** The numbers at which the row takes deliveries. Opened once, and remembered without the token. */
  function numbersOf(row: Addressed): readonly number[] {
    const before = row.tokenSealed === null ? [] : numbers.get(row.tokenSealed)
    if (before) return before
    const address = addressOf(row)
    const found = address ? [address.registered, ...address.others] : []
    if (row.tokenSealed !== null) numbers.set(row.tokenSealed, found)
    return found
  }

  const urlOf = (token: string, number: number) => `${publicUrl}/webhooks/${pathOf(token, number)}`

  function rowOf(tokenHash: string): Promise<FeedRow | null> {
    const answer = next.get(tokenHash) ?? Promise.withResolvers<FeedRow | null>()
    next.set(tokenHash, answer)
    startSoon()
    return answer.promise
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

    /** The feed whose URL ends with this, as it stands now; null where nobody's does. */
    async find(path: string): Promise<FeedRow | null> {
      const { token, number } = readPath(path)
      const row = await rowOf(hash(token))
      return row && numbersOf(row).includes(number) ? row : null
    },

    /** Where the provider is to deliver; null for a feed that takes no deliveries. */
    url(row: Addressed): string | null {
      const address = addressOf(row)
      return address && urlOf(address.token, address.registered)
    },

    /** Null for a feed that takes no deliveries. No number comes twice while one that was told may still be in use. */
    further(row: Addressed): FurtherAddress | null {
      const address = addressOf(row)
      if (!address) return null
      const { token, registered: old, others } = address
      const next = Math.max(old, ...others) + 1
      return {
        url: urlOf(token, next),
        opened: columns(row, { token, registered: old, others: [next] }),
        moved: columns(row, { token, registered: next, others: [old] }),
        alone: columns(row, { token, registered: next, others: [] }),
      }
    },

    /** Columns with which the URL that is registered is the only one. */
    only(row: Addressed): Pick<FeedRow, 'tokenSealed'> {
      const address = addressOf(row)
      return address ? columns(row, { ...address, others: [] }) : { tokenSealed: null }
    },
  }
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
