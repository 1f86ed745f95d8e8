// The token in a webhook's URL, which authenticates a delivery where nothing else is declared. Its hash finds the feed;
// the token itself is sealed, so that the URL can be shown.
import { createHash } from 'node:crypto'
import QuickLRU from 'quick-lru'
import { type Secret, secret } from '../../secret.ts'
import type { Database } from '../../store/index.ts'
import type { FeedRow } from './feed-row.ts'
import type { FeedSeal } from './seal.ts'
import { createTokenLookUp, type WebhookFeed } from './token-look-up.ts'
import { pathOf, printAddress, readAddress, readPath, type WebhookAddress } from './webhook-address.ts'

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

export function createTokens({ db, seal, publicUrl, randomBytes }: TokenOptions) {
  const rowOf = createTokenLookUp(db)
  const numbers = new QuickLRU<string, readonly number[]>({ maxSize: rememberedUrls })

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
    async find(path: string): Promise<WebhookFeed | null> {
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
