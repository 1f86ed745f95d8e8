// Opening connections: where sealed credentials become usable, for one call.
import { and, eq } from 'drizzle-orm'
import { isJunctorError, JunctorError } from '../errors.ts'
import { isId } from '../id.ts'
import type { Actor } from '../identity/index.ts'
import type { Secret } from '../secret.ts'
import { schema } from '../store/index.ts'
import { authenticationOf } from './authentications.ts'
import { authorize, notFound, signedIn } from './authorize.ts'
import type { ConnectionTest, ConnectorIdentity, OpenConnection } from './connection.ts'
import type { Connections, UsedConnection } from './connections.ts'
import { type ConnectionsOptions, definitionOf } from './dependencies.ts'
import type { createLookup } from './lookup.ts'
import { type ConnectionRow, connectorOf, readWithCredentials, sealContext, toConnection } from './record.ts'
import type { Remembered } from './remembered.ts'

const { connection } = schema

/** A busy connection is not written to on every call. */
const touchEvery = 60_000

export function createOpening(
  options: ConnectionsOptions,
  { resolve }: Pick<ReturnType<typeof createLookup>, 'resolve'>,
  remembered: Remembered<Usable | null>,
): Pick<Connections, 'open' | 'use' | 'test' | 'needsAuthorization'> {
  const { vault, clock, tester } = options
  const { db } = options.store

  function unsealed({ row, credentials }: Stored): Usable {
    const secrets: [string, Secret][] = credentials.map(each => [
      each.name,
      vault.open(each.sealed, sealContext(row, each.name)),
    ])
    return { row, secrets: Object.fromEntries(secrets) }
  }

  /** What is remembered of a connection is opened once, for as long as its connector stays as it is. */
  const known = new WeakMap<Usable, OpenConnection>()

  async function opened(usable: Usable): Promise<OpenConnection> {
    const { row, secrets } = usable
    const authentication = await authenticationOf(options, row)
    const before = known.get(usable)
    if (before?.authentication === authentication) return before
    const { id, connector, parameters, baseUrl } = toConnection(row)
    const open = { id, connector, authentication, parameters, secrets, baseUrl }
    known.set(usable, open)
    return open
  }

  async function touch({ id, lastUsedAt }: ConnectionRow): Promise<void> {
    const now = clock.now()
    if (lastUsedAt && now - lastUsedAt.getTime() < touchEvery) return
    await db
      .update(connection)
      .set({ lastUsedAt: new Date(now) })
      .where(eq(connection.id, id))
  }

  /** The connection with its credentials, for somebody who may use it now. */
  async function usable(actor: Actor | null, id: string): Promise<Usable> {
    const resource = { kind: 'CONNECTION', id } as const
    if (actor) await authorize(db, actor, 'connection.use', resource)
    else if (!isId(id)) throw notFound(resource)
    const stored = await readWithCredentials(db, id)
    if (stored.row.status !== 'ACTIVE') throw inactive(stored.row)
    if (actor) await authorize(db, actor, 'connector.use', connectorOf(stored.row))
    await touch(stored.row)
    return unsealed(stored)
  }

  return {
    async open(actor: Actor | null, id: string): Promise<OpenConnection> {
      return opened(await usable(actor, id))
    },

    async use(
      actor: Actor | null,
      of: ConnectorIdentity,
      reference: string | null,
    ): Promise<UsedConnection | null> {
      const person = signedIn(actor)
      const found = await remembered.get(
        person,
        JSON.stringify([of.connector, of.importId, reference]),
        async () => {
          const connection = await resolve(person, of, reference)
          return connection && usable(person, connection.id)
        },
      )
      return found && { organizationId: found.row.organizationId, open: await opened(found) }
    },

    async test(actor: Actor | null, id: string): Promise<ConnectionTest> {
      await authorize(db, actor, 'connection.test', { kind: 'CONNECTION', id })
      const stored = await readWithCredentials(db, id)
      const { row } = stored
      if (row.status === 'DISABLED' || row.status === 'REVOKED') throw inactive(row)
      await authorize(db, actor, 'connector.use', connectorOf(row))
      const open = await opened(unsealed(stored))
      const result = await tester(await definitionOf(options, row), open).catch(asFailedTest)
      const test = { ...result, at: new Date(clock.now()) }
      // Of a connection that was changed meanwhile the outcome says nothing.
      const tested = and(eq(connection.id, id), eq(connection.updatedAt, row.updatedAt))
      await db
        .update(connection)
        .set({ lastTest: { ...test, at: test.at.toISOString() } })
        .where(tested)
      if (result.ok)
        await db
          .update(connection)
          .set({ status: 'ACTIVE', statusReason: null })
          .where(and(tested, eq(connection.status, 'NEEDS_AUTHORIZATION')))
      return test
    },

    async needsAuthorization(id: string, reason: string): Promise<void> {
      await db
        .update(connection)
        .set({ status: 'NEEDS_AUTHORIZATION', statusReason: reason })
        .where(and(eq(connection.id, id), eq(connection.status, 'ACTIVE')))
    },
  }
}

type Stored = Awaited<ReturnType<typeof readWithCredentials>>

/** A connection that somebody may use, opened: for a call, or for the seconds that it is remembered. */
export interface Usable {
  readonly row: ConnectionRow
  readonly secrets: OpenConnection['secrets']
}

/** What the hub refuses or the API answers is the outcome of a test; anything else is a fault of the hub. */
function asFailedTest(error: unknown) {
  if (!isJunctorError(error)) throw error
  return { ok: false, status: error.details.http?.status ?? null, message: error.message }
}

function inactive({ name, connector, status, statusReason }: ConnectionRow): JunctorError {
  const remedy =
    status === 'REVOKED' ? 'Create a new connection.' : 'Somebody who may edit it can put this right.'
  return new JunctorError(
    'CONNECTION_INACTIVE',
    `The connection ${JSON.stringify(name)} of the connector ${connector} cannot be used, it is ${status}.${statusReason ? ` ${statusReason}` : ''} ${remedy}`,
    { details: { connector } },
  )
}
