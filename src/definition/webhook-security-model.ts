// How a webhook tells deliveries from forged ones, as an operation or a way to connect declares it.

/** Ways to tell a webhook's deliveries from forged ones. */
export type WebhookScheme =
  | 'standard-webhooks'
  | 'github'
  | 'slack'
  | 'stripe'
  | 'meta'
  | 'microsoft-graph'
  | 'zoom'
  | 'x'
  | 'hook-secret'
  | 'token'
  | 'hmac'

/** `x-junctor-webhook`: how deliveries are verified. */
export interface WebhookSecurity {
  readonly scheme: WebhookScheme
  /**
   * Where the secret comes from: parameters of the connection (the current one first, then earlier ones that still
   * count), the hub itself, which puts one at `path` of the registration's body, or the provider's handshake.
   */
  readonly secret:
    | { readonly from: 'connection'; readonly parameters: readonly string[] }
    | { readonly from: 'hub'; readonly path: readonly string[] }
    | { readonly from: 'handshake' }
  /** The connection parameter that Meta's handshake must quote. */
  readonly verifyToken?: string
  /** Of the schemes `hmac` and `token`. One that is left out is the connection's parameter of its name. */
  readonly options: Readonly<Record<string, string>>
}
