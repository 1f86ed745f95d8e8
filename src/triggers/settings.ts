// The numbers of the trigger engine, and what they are where nobody says otherwise.

export interface TriggerSettings {
  /** An ephemeral feed lives this long after its last subscriber left. */
  readonly lingerSeconds: number
  readonly minimumIntervalSeconds: number
  readonly defaultIntervalSeconds: number
  /** How long a claimed feed is nobody else's; renewed while the work runs. */
  readonly leaseSeconds: number
  /** The longest wait between two tries of a failing feed, unless its interval is longer. */
  readonly maximumBackoffSeconds: number
  /** Polls and registrations that one instance runs at once; of one connection a quarter at most (fair-choice.ts). */
  readonly concurrency: number
  /** Polls in a row under one lease where the API asks to be polled again at once. */
  readonly drainLimit: number
  /** How often due feeds are looked for. */
  readonly scanSeconds: number
  /** How often it is counted what is due. */
  readonly gaugeSeconds: number
  /** How often feeds with waiting readers are looked at in case a wake-up was lost. */
  readonly backstopSeconds: number
  /** How often feeds without subscribers are ended and the log is pruned. */
  readonly upkeepSeconds: number
  /** How often registrations are looked for at the provider, and work that was forgotten. */
  readonly reconcileSeconds: number
  /** How long `subscribe` and `create` wait for a feed that starts. */
  readonly startSeconds: number
  /** How long a webhook action waits for its callback. */
  readonly answerSeconds: number
  /** Tries to unregister a webhook before it is given up. */
  readonly unregisterAttempts: number
  /** Requests a second at one webhook's URL, on each instance; 0 is no limit. */
  readonly deliveriesPerSecond: number
  /** As many come at once before that counts. */
  readonly deliveryBurst: number
  /** Events older than this are pruned, and feeds that ended as long ago. */
  readonly retentionSeconds: number
  /** A partition of the log takes the events of so long, and is dropped when its last is older than the retention. */
  readonly partitionSeconds: number
  /** Newest events of a feed that are kept, whatever their age allows. */
  readonly retentionCount: number
  /** A reader holds at most one page: so many events and, beyond the first event, so many characters. */
  readonly pageEvents: number
  readonly pageCharacters: number
}

export const defaultSettings: TriggerSettings = {
  lingerSeconds: 600,
  minimumIntervalSeconds: 1,
  defaultIntervalSeconds: 60,
  leaseSeconds: 60,
  maximumBackoffSeconds: 900,
  concurrency: 256,
  drainLimit: 100,
  scanSeconds: 0.5,
  gaugeSeconds: 5,
  backstopSeconds: 1,
  upkeepSeconds: 15,
  reconcileSeconds: 3600,
  startSeconds: 60,
  answerSeconds: 7 * 24 * 3600,
  unregisterAttempts: 8,
  deliveriesPerSecond: 500,
  deliveryBurst: 5_000,
  retentionSeconds: 7 * 24 * 3600,
  partitionSeconds: 7 * 24 * 3600,
  retentionCount: 100_000,
  pageEvents: 100,
  pageCharacters: 1_000_000,
}
