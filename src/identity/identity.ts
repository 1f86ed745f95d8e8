// The identity of a hub: better-auth's endpoints, and the one question everybody else asks: who is this?
import { defaultKeyHasher } from '@better-auth/api-key'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { JunctorError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { type Store, schema, unanswered } from '../store/index.ts'
import type { Logger } from '../telemetry/index.ts'
import type { Actor } from './actor.ts'
import { createActorCache } from './actor-cache.ts'
import { createFirstAccountLock, type Signup } from './admission.ts'
import { addressHeader, configureBetterAuth } from './better-auth.ts'
import { type Credential, fingerprint, type HeaderReader, headersOf, readCredential } from './credential.ts'
import { isKeyStored, isStored, loadActor, type Verified } from './memberships.ts'
import { ensureOrganization } from './personal-organization.ts'
import { type RateLimits, usualLimits } from './rate-limit.ts'
import { rootMessage } from './root-message.ts'

export interface IdentityOptions {
  readonly store: Store
  readonly publicUrl: string
  readonly signup: Signup
  /** Signs the session cookies. */
  readonly signingSecret: Secret
  /** True behind https: the cookie gets `Secure` and the `__Secure-` prefix. */
  readonly secureCookies: boolean
  readonly limits?: RateLimits
  readonly clock: Clock
  readonly logger: Logger
}

export interface Organization {
  readonly id: string
  readonly name: string
  readonly slug: string
}

/** Of an Actor, what says who it was. */
export type Recalled = Pick<Actor, 'userId' | 'sessionId' | 'organizationId' | 'expiresAt'>

export interface Identity {
  /**
   * Answers /api/auth/*. `address` is the peer's IP address, by which attempts are counted. Rejects with
   * STORE_UNAVAILABLE where the store does not answer, INTERNAL where it fails.
   */
  handle(request: Request, address?: string): Promise<Response>
  /**
   * Who sends these headers: a session by cookie or bearer token, or an API key by `x-api-key` or as bearer token.
   * Null for nobody. What was revoked elsewhere is noticed within 15 seconds, what was revoked here at once. Rejects
   * where the store does not answer.
   */
  authenticate(headers: HeaderReader): Promise<Actor | null>
  /** Asks the store, not the cache, whether the actor's session or key still stands. */
  isLive(actor: Actor): Promise<boolean>
  /**
   * Somebody who was here before, as they are now: for what they left the hub to do in their name. Null where the
   * session or key does not stand any more. Asks the store.
   */
  recall(caller: Recalled): Promise<Actor | null>
  /** False on a new hub: whoever signs up administers it. */
  hasAccounts(): Promise<boolean>
  /** True where somebody without an invitation may make an account. */
  signupOpen(): Promise<boolean>
  organization(id: string): Promise<Organization | null>
  principal(kind: 'USER' | 'TEAM' | 'ORGANIZATION', id: string): Promise<{ readonly name: string } | null>
}

export async function createIdentity(options: IdentityOptions): Promise<Identity> {
  const { store, clock, signup } = options
  const { db } = store
  const auth = configureBetterAuth({ ...options, limits: options.limits ?? usualLimits })
  const context = await auth.$context
  const cookieName = context.authCookies.sessionToken.name
  const cache = createActorCache(clock)
  const alone = createFirstAccountLock(store)

  async function verify(credential: Credential): Promise<Verified | null> {
    if (credential.kind === 'KEY') {
      const { valid, key } = await auth.api.verifyApiKey({ body: { key: credential.key } })
      if (!valid || !key) {
        await assertUnknown(credential.key)
        return null
      }
      return {
        userId: key.referenceId,
        sessionId: `key:${key.id}`,
        expiresAt: key.expiresAt?.getTime() ?? Number.MAX_SAFE_INTEGER,
        activeOrganizationId: keyMetadata.safeParse(key.metadata).data?.organizationId ?? null,
      }
    }
    const found = await auth.api.getSession({
      headers: headersOf(credential),
      // A browser's session is extended by /api/auth/get-session, which can renew the cookie along with it.
      query: { disableRefresh: credential.kind === 'COOKIE' },
    })
    if (!found) return null
    return {
      userId: found.user.id,
      sessionId: `session:${found.session.id}`,
      expiresAt: found.session.expiresAt.getTime(),
      activeOrganizationId: found.session.activeOrganizationId ?? null,
    }
  }

  /** better-auth says the same of a key that it could not look up as of one that there is not. Throws STORE_UNAVAILABLE. */
  async function assertUnknown(key: string): Promise<void> {
    if (await isKeyStored(db, await defaultKeyHasher(key), new Date(clock.now())))
      throw new JunctorError('STORE_UNAVAILABLE', 'Whose API key this is could not be looked up: try again.')
  }

  async function find(credential: Credential): Promise<Actor | null> {
    const verified = await verify(credential)
    if (!verified) return null
    let actor = await loadActor(db, verified)
    if (actor === 'HOMELESS') {
      await ensureOrganization(context.adapter, verified.userId, new Date(clock.now()))
      actor = await loadActor(db, verified)
    }
    return actor === 'HOMELESS' ? null : actor
  }

  async function hasAccounts(): Promise<boolean> {
    const rows = await db.select({ id: schema.user.id }).from(schema.user).limit(1)
    return rows.length > 0
  }

  return {
    async handle(request, address) {
      const headers = new Headers(request.headers)
      headers.delete(addressHeader)
      if (address !== undefined) headers.set(addressHeader, address)
      // Node's fetch names a mode but no site; every browser that names a mode names the site as well. Taken for a
      // browser, a program that signs in would be refused for having no Origin.
      if (!headers.has('sec-fetch-site')) headers.delete('sec-fetch-mode')
      const { pathname } = new URL(request.url)
      const safe = request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS'
      const byKey = headers.has('x-api-key')
      if (byKey && !(request.method === 'GET' && pathname === '/api/auth/get-session')) return keysMayNot()
      const answer = () => auth.handler(new Request(request, { headers })).catch(failed)
      const response = safe || (await hasAccounts()) ? await answer() : await alone(answer)
      if (!safe && response.ok && changesAccess(pathname)) cache.clear()
      return byKey ? withoutToken(response) : response
    },
    async authenticate(headers) {
      const credential = readCredential(headers, cookieName)
      if (!credential) return null
      const actor = await cache.get(fingerprint(credential), () => find(credential).catch(rethrown))
      return actor && clock.now() < actor.expiresAt ? actor : null
    },
    async isLive(actor) {
      if (clock.now() >= actor.expiresAt) return false
      return isStored(db, actor.sessionId, new Date(clock.now()))
    },
    async recall({ userId, sessionId, organizationId, expiresAt }) {
      if (!(await isStored(db, sessionId, new Date(clock.now())))) return null
      const actor = await loadActor(db, {
        userId,
        sessionId,
        expiresAt,
        activeOrganizationId: organizationId,
      })
      return actor === 'HOMELESS' ? null : actor
    },
    hasAccounts,
    async signupOpen() {
      return signup === 'open' || (signup === 'first' && !(await hasAccounts()))
    },
    async organization(id) {
      const { organization } = schema
      const [row] = await db
        .select({ id: organization.id, name: organization.name, slug: organization.slug })
        .from(organization)
        .where(eq(organization.id, id))
      return row ?? null
    },
    async principal(kind, id) {
      const table = { USER: schema.user, TEAM: schema.team, ORGANIZATION: schema.organization }[kind]
      const [row] = await db.select({ name: table.name }).from(table).where(eq(table.id, id))
      return row ?? null
    },
  }
}

/** An API key works in the organization that its metadata names, or else in its person's first one. */
const keyMetadata = z.object({ organizationId: z.string() })

/** Signing in and up takes nobody's access away; everything else may. */
function changesAccess(path: string): boolean {
  return !/\/sign-(in|up)\//.test(path)
}

const sessionAnswer = z.looseObject({ session: z.looseObject({ token: z.unknown() }) })

/** better-auth repeats the key as the token of a session that there is not. */
async function withoutToken(response: Response): Promise<Response> {
  const body: unknown = await response.json()
  const { data } = sessionAnswer.safeParse(body)
  if (!data) return Response.json(body, { status: response.status })
  const { token: _, ...session } = data.session
  return Response.json(
    { ...data, session },
    { status: response.status, headers: { 'cache-control': 'no-store' } },
  )
}

/** A key that could mint keys, read sessions or change a password would outlive its own revocation. */
function keysMayNot(): Response {
  return Response.json(
    {
      code: 'FORBIDDEN',
      message:
        'An API key answers for itself at /api/auth/get-session alone, and cannot read or change accounts, sessions, keys or organizations. Sign in and use the session instead.',
    },
    { status: 403 },
  )
}

function rethrown(error: unknown): never {
  throw unanswered(error) ?? error
}

function failed(error: unknown): never {
  const away = unanswered(error)
  if (away) throw away
  throw new JunctorError('INTERNAL', 'The hub could not answer this request; its log says why.', {
    cause: new Error(rootMessage(error)),
  })
}
