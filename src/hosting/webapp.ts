// The contract of a connector's webapp: code that answers the HTTP operations of its own swagger, run by the hub
// in a child process of its own. A webapp.ts exports `webapp satisfies Webapp`.
import type { Socket } from 'node:net'
import type { Json } from '../json.ts'

export interface WebappContext {
  /** The connection the call is made with; null where the connector needs none. Secrets are in `parameters`. */
  readonly connection: {
    readonly id: string
    readonly authentication: string
    readonly parameters: Readonly<Record<string, Json>>
  } | null
  /** A folder of this webapp's own that survives restarts. */
  readonly dataFolder: string
  /** Opens a TCP connection through the egress guard: the only way to the network that the hub allows. */
  connect(target: { host: string; port: number; scheme: string }): Promise<Socket>
  log(message: string, facts?: Readonly<Record<string, Json>>): void
}

export interface Webapp {
  /** Answers one call. A throw becomes status 500 without its message, and is logged. */
  fetch(request: Request, context: WebappContext): Promise<Response>
  /** Before the process ends. */
  close?(): Promise<void>
}
