// Who may make an account: the first person, who administers the hub, and after that whoever is invited.
import type { DBTransactionAdapter } from '@better-auth/core/db/adapter'
import { APIError } from 'better-auth/api'
import { z } from 'zod'
import type { Store } from '../store/index.ts'

/** `first`: one account, then invitations. `closed`: invitations only. `open`: anybody. */
export type Signup = 'first' | 'open' | 'closed'

type Reader = Pick<DBTransactionAdapter, 'count' | 'findMany'>

/** What somebody who signs up says of themselves. */
export interface Claim {
  readonly email: string
  /** Known to whoever was invited and to the organization, as an address is not. */
  readonly invitationId: string | null
}

const signUpBody = z.object({
  email: z.string().catch(''),
  invitationId: z.string().nullable().catch(null),
})

/** Reads the body of a sign-up. */
export function claimOf(body: unknown): Claim {
  return signUpBody.catch({ email: '', invitationId: null }).parse(body)
}

/** Says whether this account becomes the administrator's. Throws SIGNUP_CLOSED (403) where it may not be made. */
export async function admit(
  adapter: Reader,
  signup: Signup,
  claim: Claim,
  now: Date,
): Promise<{ admin: boolean }> {
  const accounts = await adapter.count({ model: 'user' })
  if (accounts === 0 && signup !== 'closed') return { admin: true }
  if (signup === 'open' || (await isInvited(adapter, claim, now))) return { admin: false }
  throw new APIError('FORBIDDEN', {
    code: 'SIGNUP_CLOSED',
    message:
      'Sign-up is closed on this hub. Ask somebody who has an account to invite this e-mail address to their organization and sign up with the invitation\'s id as "invitationId", or ask the operator to set JUNCTOR_SIGNUP to open.',
  })
}

async function isInvited(adapter: Reader, { email, invitationId }: Claim, now: Date): Promise<boolean> {
  if (invitationId === null) return false
  const [invitation] = await adapter.findMany<{ email: string; status: string; expiresAt: Date }>({
    model: 'invitation',
    where: [{ field: 'id', value: invitationId }],
  })
  if (!invitation || invitation.email.toLowerCase() !== email.toLowerCase()) return false
  return invitation.status === 'pending' && invitation.expiresAt > now
}

/**
 * Runs `action` while nobody else of this database does: two first sign-ups at once would both see an empty hub.
 * Callers of one process queue up here first, so that they hold one connection of the pool together, not all of it.
 */
export function createFirstAccountLock(store: Store) {
  let last: Promise<unknown> = Promise.resolve()
  const key = `hashtextextended('junctor first account', 0)`

  async function locked<T>(action: () => Promise<T>): Promise<T> {
    const client = await store.pool.connect()
    let broken = true
    try {
      await client.query(`select pg_advisory_lock(${key})`)
      try {
        return await action()
      } finally {
        await client.query(`select pg_advisory_unlock(${key})`)
        broken = false
      }
    } finally {
      // A session that may still hold the lock is closed rather than pooled, and the server lets go of it.
      client.release(broken)
    }
  }

  return function alone<T>(action: () => Promise<T>): Promise<T> {
    const turn = last.then(() => locked(action))
    last = turn.catch(() => undefined)
    return turn
  }
}
