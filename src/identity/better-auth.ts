// better-auth as this hub uses it: e-mail and password, bearer tokens, organizations with teams, API keys.
import { randomBytes } from 'node:crypto'
import { apiKey } from '@better-auth/api-key'
import { getCurrentAdapter } from '@better-auth/core/context'
import { betterAuth } from 'better-auth'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { createAuthMiddleware } from 'better-auth/api'
import { bearer, organization } from 'better-auth/plugins'
import type { Clock } from '../clock.ts'
import type { Secret } from '../secret.ts'
import { type Store, schema } from '../store/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { admit, claimOf, type Signup } from './admission.ts'
import { apiKeyPrefix } from './credential.ts'
import { ensureOrganization } from './personal-organization.ts'
import { createRateLimitStorage, type RateLimits } from './rate-limit.ts'
import { rootMessage } from './root-message.ts'
import { trustedOrigins } from './trusted-origins.ts'

/** Carries the address of the peer from the HTTP server; whatever a client sends under this name is dropped. */
export const addressHeader = 'x-junctor-address'

export interface BetterAuthOptions {
  readonly store: Store
  readonly publicUrl: string
  readonly signup: Signup
  readonly signingSecret: Secret
  readonly secureCookies: boolean
  readonly limits: RateLimits
  readonly clock: Clock
  readonly logger: Logger
}

export function configureBetterAuth(options: BetterAuthOptions) {
  const { store, clock, logger, limits, signup } = options
  const now = () => new Date(clock.now())
  return betterAuth({
    appName: 'Junctor',
    baseURL: new URL(options.publicUrl).origin,
    basePath: '/api/auth',
    secret: options.signingSecret.reveal(),
    trustedOrigins: trustedOrigins(options.publicUrl),
    telemetry: { enabled: false },
    logger: {
      level: 'warn',
      log: (level, message, ...facts: unknown[]) =>
        logger[level](
          { facts: facts.map(fact => (fact instanceof Error ? rootMessage(fact) : fact)) },
          message,
        ),
    },
    // What is not an answer to the caller comes out of the handler instead of onto the console.
    onAPIError: { throw: true },
    // One transaction for a sign-up: an account without its password or organization could never be repaired.
    database: drizzleAdapter(store.db, { provider: 'pg', schema, transaction: true }),
    emailAndPassword: { enabled: true, minPasswordLength: 8, maxPasswordLength: 128 },
    user: {
      // `input: false`: only the hooks below may write it.
      additionalFields: { admin: { type: 'boolean', required: false, input: false, defaultValue: false } },
    },
    rateLimit: {
      enabled: true,
      ...limits.other,
      customRules: { '/sign-in/*': limits.signIn, '/sign-up/*': limits.signUp },
      customStorage: createRateLimitStorage(clock),
    },
    advanced: {
      cookiePrefix: 'junctor',
      useSecureCookies: options.secureCookies,
      ipAddress: { ipAddressHeaders: [addressHeader] },
      // Its default would switch the check off under a test runner.
      disableOriginCheck: false,
    },
    hooks: {
      // Refuses before the password is hashed and before the answer could tell which addresses have accounts.
      before: createAuthMiddleware(async context => {
        if (context.path !== '/sign-up/email') return
        await admit(context.context.adapter, signup, claimOf(context.body), now())
      }),
    },
    databaseHooks: {
      user: {
        create: {
          before: async (user, context) => {
            if (!context) return false
            const adapter = await getCurrentAdapter(context.context.adapter)
            const claim = { ...claimOf(context.body), email: user.email }
            const { admin } = await admit(adapter, signup, claim, now())
            return { data: { ...user, admin } }
          },
        },
      },
      session: {
        create: {
          before: async (session, context) => {
            if (!context) return false
            const adapter = await getCurrentAdapter(context.context.adapter)
            const activeOrganizationId = await ensureOrganization(adapter, session.userId, now())
            return { data: { ...session, activeOrganizationId } }
          },
        },
      },
    },
    plugins: [
      // What lists of sessions and the store hold is the token without its signature.
      bearer({ requireSignature: true }),
      organization({ teams: { enabled: true } }),
      apiKey({
        apiKeyHeaders: 'x-api-key',
        enableSessionForAPIKeys: true,
        enableMetadata: true,
        rateLimit: { enabled: false },
        defaultPrefix: apiKeyPrefix,
        // A prefix that the caller chooses would hide what kind of token it is.
        customKeyGenerator: () => `${apiKeyPrefix}${randomBytes(48).toString('base64url')}`,
      }),
    ],
  })
}
