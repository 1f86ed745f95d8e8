/** Who is asking: a signed-in person, by session or API key. */
export interface Actor {
  readonly userId: string
  readonly email: string
  readonly name: string | null
  /** Administers the hub. */
  readonly admin: boolean
  /** The organization that new things belong to. */
  readonly organizationId: string
  /** Every organization and team the person is a member of, for grants. */
  readonly organizationIds: readonly string[]
  readonly teamIds: readonly string[]
  /** Identifies the session or key, never reveals it: sockets close when it ends. */
  readonly sessionId: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}
