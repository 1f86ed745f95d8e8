// Everything the hub does with connections. Every method takes who asks first, and asks `authorize` before it acts.
import type { Actor } from '../identity/index.ts'
import { type CreateConnection, createChanges, type UpdateConnection } from './changes.ts'
import type {
  Connection,
  ConnectionId,
  ConnectionTest,
  ConnectorIdentity,
  OpenConnection,
  Role,
} from './connection.ts'
import type { ConnectionsOptions } from './dependencies.ts'
import { createGrants, type Grant, type Principal } from './grants.ts'
import { type ConnectionList, createLookup, type ListRequest } from './lookup.ts'
import { createOpening, type Usable } from './opening.ts'
import { createRemembered } from './remembered.ts'
import { createRotation, type Resealed } from './rotation.ts'

/**
 * An actor of null is nobody: UNAUTHENTICATED. To somebody without any role a connection does not exist
 * (CONNECTION_NOT_FOUND); with too low a role it is FORBIDDEN.
 */
export interface Connections {
  /**
   * Stores a connection with its credential sealed; the first of a connector becomes the person's default. Throws
   * CONNECTOR_NOT_FOUND, BAD_INPUT, CREDENTIAL_INVALID, AUTHENTICATION_UNSUPPORTED, CONFLICT.
   */
  create(actor: Actor | null, input: CreateConnection): Promise<Connection>
  /** Needs EDIT. Throws as `create` does. */
  update(actor: Actor | null, id: string, input: UpdateConnection): Promise<Connection>
  /** Needs USE. Calls the API and remembers the outcome; a success revives what needed authorization. */
  test(actor: Actor | null, id: string): Promise<ConnectionTest>
  /** Needs USE: everybody has a default of their own. */
  setDefault(actor: Actor | null, id: string): Promise<Connection>
  /** Needs OWN. */
  delete(actor: Actor | null, id: string): Promise<void>
  get(actor: Actor | null, id: string): Promise<Connection>
  /**
   * Oldest first: all, those of whatever has or had the connector's name, or those of one connector. Throws
   * BAD_INPUT, CURSOR_INVALID.
   */
  list(actor: Actor | null, request?: ListRequest): Promise<ConnectionList>
  /**
   * The connection that a field's `connection` argument means: an id or a name, or with null the default, else the
   * only one. Null where there is none and the API needs none. Throws CONNECTION_REQUIRED, CONNECTION_NOT_FOUND,
   * CONNECTOR_NOT_FOUND where another connector has its name now.
   */
  resolve(actor: Actor | null, of: ConnectorIdentity, reference: string | null): Promise<Connection | null>
  /**
   * Opens the credential for one call; needs USE. HERE an actor of null is the hub itself, which acts for a feed:
   * never pass on what a request brought. Throws CONNECTION_INACTIVE, SEAL_BROKEN, and CONNECTOR_NOT_FOUND where the
   * connector that it was made for does not serve, whatever else has its name.
   */
  open(actor: Actor | null, id: string): Promise<OpenConnection>
  /**
   * `resolve` and `open` in one, for a person's call; null where there is no connection and the API needs none. That
   * somebody may use a connection is remembered for seconds: what changes here counts at once, what changes on another
   * instance within 5 seconds.
   */
  use(actor: Actor | null, of: ConnectorIdentity, reference: string | null): Promise<UsedConnection | null>
  /** Needs OWN. To somebody, a team or everybody of the connection's organization; granting again changes the role. */
  grant(actor: Actor | null, id: string, to: Principal, role: Role): Promise<Grant>
  grantConnector(actor: Actor | null, name: string, to: Principal, role: Role): Promise<Grant>
  revokeGrant(actor: Actor | null, id: string): Promise<Grant>
  grants(actor: Actor | null, id: string): Promise<readonly Grant[]>
  /** Null: no role. */
  roleOf(actor: Actor | null, id: string): Promise<Role | null>
  /** Of these people, those who have any role: `roleOf` for many who read one feed, in one query. */
  readersOf(id: string, actors: readonly Actor[]): Promise<ReadonlySet<Actor>>
  /** The person's default for the connector, while they may use it. */
  defaultOf(actor: Actor | null, of: ConnectorIdentity): Promise<ConnectionId | null>
  /** The hub itself: the API refused an ACTIVE connection's credential. `reason` is a sentence for its people. */
  needsAuthorization(id: ConnectionId, reason: string): Promise<void>
  /** The hub itself: an import was removed, and its connections were revoked with it. */
  importRemoved(): void
  /** The hub itself: seals again with the current key what an older one sealed. May be stopped and repeated. */
  reseal(): Promise<Resealed>
}

export interface UsedConnection {
  readonly organizationId: string
  readonly open: OpenConnection
}

export function createConnections(options: ConnectionsOptions): Connections {
  const remembered = createRemembered<Usable | null>(options.clock)
  /** The change, whatever comes of it, and nothing from before it counts any more. */
  const changing =
    <A extends readonly unknown[], T>(change: (...args: A) => Promise<T>) =>
    (...args: A): Promise<T> =>
      change(...args).finally(remembered.forget)

  const lookup = createLookup(options)
  const opening = createOpening(options, lookup, remembered)
  const changes = createChanges(options)
  const grants = createGrants(options)
  return {
    ...lookup,
    ...opening,
    ...changes,
    ...grants,
    ...createRotation(options),
    create: changing(changes.create),
    update: changing(changes.update),
    delete: changing(changes.delete),
    setDefault: changing(changes.setDefault),
    test: changing(opening.test),
    needsAuthorization: changing(opening.needsAuthorization),
    grant: changing(grants.grant),
    grantConnector: changing(grants.grantConnector),
    revokeGrant: changing(grants.revokeGrant),
    importRemoved: remembered.forget,
  }
}
