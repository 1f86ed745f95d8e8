// Columns of a feed that hold what must not be read from a copy of the database: the webhook's token and secret, and
// URLs that an API handed out and that may carry credentials.
import { type Secret, secret } from '../../secret.ts'

/** Where a sealed text belongs; it opens nowhere else. */
export interface SealContext {
  readonly table: string
  readonly row: string
  readonly column: string
  readonly tenant: string
}

/** What the vault offers, as far as feeds need it. */
export interface Seal {
  seal(plain: Secret, context: SealContext): string
  /** Throws SEAL_BROKEN. */
  open(sealed: string, context: SealContext): Secret
  /** What everything starts with that the current key sealed. */
  readonly currentPrefix: string
}

export interface FeedColumn {
  readonly feedId: string
  readonly organizationId: string
  readonly column: 'token_sealed' | 'registration' | 'poll_state' | 'webhook_secret'
}

export type FeedSeal = ReturnType<typeof createFeedSeal>

export function createFeedSeal(seal: Seal) {
  return {
    currentPrefix: seal.currentPrefix,
    seal: (plain: string, at: FeedColumn) => seal.seal(secret(plain), contextOf(at)),
    open: (sealed: string, at: FeedColumn) => seal.open(sealed, contextOf(at)).reveal(),
  }
}

function contextOf({ feedId, organizationId, column }: FeedColumn): SealContext {
  return { table: 'feed', row: feedId, column, tenant: organizationId }
}
