// What a way to verify deliveries is. Verifiers are pure: keys and the moment are handed in.
import type { WebhookScheme } from '../../../definition/index.ts'
import type { Json } from '../../../json.ts'
import type { Secret } from '../../../secret.ts'

/** A delivery as its signature covers it. Header names are lower case. */
export interface SignedDelivery {
  readonly headers: Readonly<Record<string, string>>
  /** As it came, byte for byte. */
  readonly body: Uint8Array
  /** The body as data, read when it is asked for; for the schemes that look for a secret in it. */
  readonly content: () => Json
}

export interface Keys {
  /** The current secret first; earlier ones count as well while they are there. Empty: nothing passes. */
  readonly secrets: readonly Secret[]
  /** What the declaration or the connection says of how the sender signs. */
  readonly options: Readonly<Record<string, string>>
  /** Milliseconds since 1970. */
  readonly now: number
}

/**
 * `unsigned`: what the scheme asks for is missing or has not its form. `stale`: signed for another time, so perhaps
 * somebody sends it once more. `forged`: it is there, and is not right.
 */
export type Verdict = 'verified' | 'unsigned' | 'stale' | 'forged'

export interface Verifier {
  readonly scheme: WebhookScheme
  /** Never throws, and takes as long for a wrong signature as for a right one. */
  verify(delivery: SignedDelivery, keys: Keys): Verdict
  /** What names this delivery and its repeats; null where the scheme has nothing of its own. */
  deliveryId(delivery: SignedDelivery, keys: Pick<Keys, 'options'>): string | null
  /** Where the secret itself travels: the content without it, for whoever reads events must not learn how to send them. */
  withoutSecret?(content: Json): Json
}
