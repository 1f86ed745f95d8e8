// Finding connections: by id, in a list, or as a caller refers to one in a field's `connection` argument.
import { and, asc, count, eq, gt, gte, isNull, type SQL } from 'drizzle-orm'
import { JunctorError } from '../errors.ts'
import { isId } from '../id.ts'
import type { Actor } from '../identity/index.ts'
import { schema } from '../store/index.ts'
import { authorize, connectionRank, inOrganizations, roleOn, signedIn, thoseWithRole } from './authorize.ts'
import { hasHost } from './base-url.ts'
import type { Connection, ConnectionId, ConnectorIdentity, Role } from './connection.ts'
import type { Connections } from './connections.ts'
import { type ConnectionsOptions, definitionOf } from './dependencies.ts'
import { type Page, type PageRequest, readPageRequest, toPage } from './page.ts'
import { connectorOf, readRow, storable, toConnection } from './record.ts'

export interface ConnectionList extends Page<Connection> {
  readonly totalCount: number
}

export interface ListRequest extends PageRequest {
  readonly connector?: string | ConnectorIdentity | null | undefined
}

const { connection, connectionDefault } = schema

/** How many candidates an error message names before it stops. */
const named = 10

export function createLookup(
  options: ConnectionsOptions,
): Pick<Connections, 'get' | 'list' | 'resolve' | 'roleOf' | 'readersOf' | 'defaultOf'> {
  const { db } = options.store

  /** Connections that the actor may at least USE. */
  function usable(actor: Actor, ...conditions: SQL[]): SQL | undefined {
    return and(inOrganizations(actor), gte(connectionRank(actor), 1), ...conditions)
  }

  async function defaultOf(actor: Actor | null, of: ConnectorIdentity): Promise<ConnectionId | null> {
    const person = signedIn(actor)
    const [row] = await db
      .select({ connection })
      .from(connectionDefault)
      .innerJoin(connection, eq(connection.id, connectionDefault.connectionId))
      .where(
        usable(
          person,
          eq(connectionDefault.userId, person.userId),
          eq(connectionDefault.connector, storable(of.connector)),
          ...madeFor(of),
        ),
      )
    return row ? toConnection(row.connection).id : null
  }

  async function byReference(person: Actor, of: ConnectorIdentity, reference: string): Promise<Connection> {
    const { connector } = of
    const rows = await db
      .select()
      .from(connection)
      .where(
        usable(
          person,
          ...madeFor(of),
          isId(reference) ? eq(connection.id, reference) : eq(connection.name, storable(reference)),
        ),
      )
    // Names are unique in an organization: one of the caller's own comes first, one of another organization next.
    const chosen =
      rows.find(({ organizationId }) => organizationId === person.organizationId) ??
      (rows.length === 1 ? rows[0] : undefined)
    if (chosen) return toConnection(chosen)
    throw rows.length > 1
      ? new JunctorError(
          'CONNECTION_REQUIRED',
          `Several organizations share a connection ${JSON.stringify(reference)} for the connector ${connector} with you. Give the id of one: ${rows.map(({ id }) => id).join(', ')}.`,
          { details: { connector } },
        )
      : new JunctorError(
          'CONNECTION_NOT_FOUND',
          `There is no connection ${JSON.stringify(reference)} for the connector ${connector} that you may use.`,
          { details: { connector } },
        )
  }

  return {
    defaultOf,

    async get(actor: Actor | null, id: string): Promise<Connection> {
      await authorize(db, actor, 'connection.read', { kind: 'CONNECTION', id })
      return toConnection(await readRow(db, id))
    },

    async roleOf(actor: Actor | null, id: string): Promise<Role | null> {
      return roleOn(db, signedIn(actor), { kind: 'CONNECTION', id })
    },

    readersOf: (id, actors) => thoseWithRole(db, actors, id),

    async list(actor: Actor | null, request: ListRequest = {}): Promise<ConnectionList> {
      const person = signedIn(actor)
      const { first, after } = readPageRequest(request)
      const { connector } = request
      const wanted =
        typeof connector === 'string' ? [eq(connection.connector, storable(connector))] : madeFor(connector)
      const all = usable(person, ...wanted)
      const [rows, [counted]] = await Promise.all([
        db
          .select()
          .from(connection)
          .where(after === null ? all : and(all, gt(connection.id, after)))
          .orderBy(asc(connection.id))
          .limit(first + 1),
        db.select({ totalCount: count() }).from(connection).where(all),
      ])
      return { ...toPage(rows.map(toConnection), first), totalCount: counted?.totalCount ?? 0 }
    },

    async resolve(
      actor: Actor | null,
      of: ConnectorIdentity,
      reference: string | null,
    ): Promise<Connection | null> {
      const person = signedIn(actor)
      const definition = await definitionOf(options, of)
      await authorize(db, person, 'connector.use', connectorOf(of))
      if (reference !== null) return byReference(person, of, reference)
      const chosen = await defaultOf(person, of)
      if (chosen !== null) return toConnection(await readRow(db, chosen))
      const rows = await db
        .select()
        .from(connection)
        .where(usable(person, ...madeFor(of)))
        .orderBy(asc(connection.id))
      const active = rows.filter(({ status }) => status === 'ACTIVE')
      const candidates = active.length > 0 ? active : rows
      const [only] = candidates
      if (only && candidates.length === 1) return toConnection(only)
      const open = definition.authentications.some(({ kind }) => kind === 'NONE')
      if (!only && open && hasHost(definition.baseUrl)) return null
      throw required(
        of.connector,
        candidates.map(({ name }) => name),
      )
    },
  }
}

/** Conditions over `connection`; none without a connector. */
function madeFor(of: ConnectorIdentity | null | undefined): SQL[] {
  if (!of) return []
  const { connector, importId } = of
  return [
    eq(connection.connector, storable(connector)),
    importId === null ? isNull(connection.importId) : eq(connection.importId, importId),
  ]
}

function required(connector: string, names: readonly string[]): JunctorError {
  const more = names.length > named ? ` and ${names.length - named} more` : ''
  return new JunctorError(
    'CONNECTION_REQUIRED',
    names.length === 0
      ? `You have no connection for the connector ${connector}. Create one with the mutation createConnection(input: {connector: ${JSON.stringify(connector)}, name: …, parameters: …}).`
      : `You may use several connections for the connector ${connector}. Name one in the argument connection, or make it your default: ${names.slice(0, named).join(', ')}${more}.`,
    { details: { connector, connections: names.slice(0, named) } },
  )
}
