// Telling the provider where to deliver, and that it need not any more (connector-format §5.2).
import type { Clock } from '../../clock.ts'
import { Bytes } from '../../invocation/index.ts'
import { type Secret, secret as secretOf } from '../../secret.ts'
import {
  type CallUnder,
  type FeedCall,
  type FeedRow,
  readArguments,
  type Trigger,
  type WebhookRole,
} from '../feeds/index.ts'
import { withCallback } from './callback-body.ts'
import { expiryOf, withFreshExpiry } from './expiry.ts'
import { canLookUp } from './look-up.ts'

export interface RegistrationOptions {
  readonly call: FeedCall
  readonly clock: Clock
}

/** What the provider is told. */
export interface Address {
  readonly url: string
  /** What its deliveries are to be signed with, or to quote; null where the hub makes none. */
  readonly secret: Secret | null
}

/** What the provider said to a registration. */
export interface Registered {
  /** Where the registration lives, absolute; null where the provider did not say. */
  readonly location: string | null
  /** When it ends by itself, milliseconds since 1970; null where the provider did not say. */
  readonly expiry: number | null
}

/** Statuses that mean: it is gone. */
const gone = [404, 410]

export function createRegistration({ call, clock }: RegistrationOptions) {
  return {
    /** Registers the URL. */
    async register(
      row: FeedRow,
      trigger: Trigger & { readonly role: WebhookRole },
      { url, secret }: Address,
      how: CallUnder,
    ): Promise<Registered> {
      const bound = readArguments(row.arguments)
      const { callbackPaths, security } = trigger.role
      const now = clock.now()
      const again = row.registeredAt !== null
      const told =
        again && bound.body !== undefined
          ? withFreshExpiry(bound.body, row.createdAt.getTime(), now)
          : bound.body
      const called = withCallback(told, callbackPaths, url)
      const body =
        secret !== null && security?.secret.from === 'hub'
          ? withCallback(called, [security.secret.path], secret.reveal())
          : called
      const result = await call(row, trigger, {
        arguments: { ...bound, ...(body === undefined ? {} : { body }) },
        callback: secretOf(url),
        ...how,
      })
      const { location } = result.headers
      return {
        location: location === undefined ? null : new URL(location, result.url).href,
        expiry: result.body instanceof Bytes ? null : expiryOf(result.body, now),
      }
    },

    /** Whether the registration at `location` is there; null where the API cannot be asked. */
    async exists(row: FeedRow, trigger: Trigger, location: string, how: CallUnder): Promise<boolean | null> {
      if (!canLookUp(trigger.definition, location)) return null
      const { status } = await call(row, trigger, {
        arguments: readArguments(row.arguments),
        url: location,
        method: 'GET',
        accept: gone,
        ...how,
      })
      return !gone.includes(status)
    },

    /** Deletes the registration at `location`. False where the provider knows none there. */
    async unregister(row: FeedRow, trigger: Trigger, location: string, how: CallUnder): Promise<boolean> {
      const { status } = await call(row, trigger, {
        arguments: readArguments(row.arguments),
        url: location,
        method: 'DELETE',
        accept: gone,
        ...how,
      })
      return !gone.includes(status)
    },
  }
}
