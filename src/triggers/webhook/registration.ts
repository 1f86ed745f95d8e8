// Telling the provider where to deliver, and that it need not any more (connector-format §5.2).
import type { CallWatch } from '../../invocation/index.ts'
import type { Secret } from '../../secret.ts'
import { readArguments } from '../binding.ts'
import type { FeedCall } from '../call.ts'
import type { FeedRow } from '../feed-row.ts'
import type { Trigger, WebhookRole } from '../trigger.ts'
import { withCallback } from './callback-body.ts'

export interface RegistrationOptions {
  readonly call: FeedCall
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
}

/** Statuses of a DELETE that mean: it is gone already. */
const gone = [404, 410]

export function createRegistration({ call }: RegistrationOptions) {
  return {
    /** Registers the URL. */
    async register(
      row: FeedRow,
      trigger: Trigger & { readonly role: WebhookRole },
      { url, secret }: Address,
      signal: AbortSignal,
      watch?: CallWatch,
    ): Promise<Registered> {
      const bound = readArguments(row.arguments)
      const { callbackPaths, security } = trigger.role
      const called = withCallback(bound.body, callbackPaths, url)
      const body =
        secret !== null && security?.secret.from === 'hub'
          ? withCallback(called, [security.secret.path], secret.reveal())
          : called
      const result = await call(row, trigger, {
        arguments: { ...bound, body },
        signal,
        ...(watch === undefined ? {} : { watch }),
      })
      const { location } = result.headers
      return { location: location === undefined ? null : new URL(location, result.url).href }
    },

    /** Deletes the registration at `location`. */
    async unregister(row: FeedRow, trigger: Trigger, location: string, signal: AbortSignal): Promise<void> {
      await call(row, trigger, {
        arguments: readArguments(row.arguments),
        signal,
        url: location,
        method: 'DELETE',
        accept: gone,
      })
    },
  }
}
