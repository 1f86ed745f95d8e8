// What a handshake is: the question with which a provider makes sure that a URL wants its deliveries.
import type { Secret } from '../../../secret.ts'
import type { OpenDelivery } from '../delivery.ts'

export type HandshakeName =
  | 'slack'
  | 'microsoft-graph'
  | 'meta'
  | 'zoom'
  | 'x'
  | 'azure-event-grid'
  | 'cloudevents'
  | 'hook-secret'

export interface HandshakeKeys {
  /** What Meta's question must quote; empty where nobody chose one. */
  readonly verifyTokens: readonly Secret[]
  /** What deliveries are verified with, the current one first. */
  readonly secrets: readonly Secret[]
}

/** What is answered. Whatever it reflects goes out as plain text or JSON that no browser takes for anything else. */
export interface HandshakeAnswer {
  readonly status: 200 | 204
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The secret that the provider will sign with. */
  readonly remember?: Secret
}

export interface Handshake {
  readonly name: HandshakeName
  /** True where the provider signs its question as it signs deliveries. */
  readonly signed: boolean
  /**
   * The answer; null for a request that is no question of this kind, `refused` for one that proves nothing. Pure, and
   * strict: what might be a delivery is one.
   */
  answer(delivery: OpenDelivery, keys: HandshakeKeys): HandshakeAnswer | 'refused' | null
}

/** Longer questions are none: nothing long is ever reflected. */
export const longestQuestion = 2048

/** A text that goes back as it came. */
export function echo(text: string): HandshakeAnswer | null {
  return text === '' || text.length > longestQuestion ? null : { status: 200, headers: {}, body: text }
}
