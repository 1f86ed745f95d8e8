// Making, changing and deleting connections.
import { and, eq, notInArray, type SQL, sql } from 'drizzle-orm'
import { JunctorError } from '../errors.ts'
import { newId } from '../id.ts'
import type { Actor } from '../identity/index.ts'
import type { JsonObject } from '../json.ts'
import type { Secret } from '../secret.ts'
import { type Queryable, schema } from '../store/index.ts'
import { authenticationOf, chooseAuthentication } from './authentications.ts'
import { authorize, notFound, signedIn } from './authorize.ts'
import { acceptBaseUrl } from './base-url.ts'
import type { Connection, ConnectorIdentity, Role } from './connection.ts'
import type { Connections } from './connections.ts'
import { type ConnectionsOptions, definitionOf, servingOf } from './dependencies.ts'
import { acceptName, isTakenName, nameTaken } from './name.ts'
import { type AcceptedParameters, acceptParameters } from './parameters.ts'
import { type ConnectionRow, connectorOf, readRow, sealContext, toConnection } from './record.ts'

export interface CreateConnection {
  readonly connector: string
  readonly name: string
  /** Needed where the connector has several. */
  readonly authentication?: string | null | undefined
  readonly parameters?: JsonObject | null | undefined
  readonly baseUrl?: string | null | undefined
}

/** Absent: stays as it is. Null: removed. */
export interface UpdateConnection {
  readonly name?: string | null | undefined
  readonly parameters?: JsonObject | null | undefined
  readonly baseUrl?: string | null | undefined
  readonly disabled?: boolean | null | undefined
}

const { connection, connector, credential, connectionDefault, accessGrant } = schema

export function createChanges(
  options: ConnectionsOptions,
): Pick<Connections, 'create' | 'update' | 'delete' | 'setDefault'> {
  const { store, vault, clock, moved } = options

  async function writeSecrets(
    db: Queryable,
    row: Pick<ConnectionRow, 'id' | 'organizationId'>,
    secrets: Readonly<Record<string, Secret>>,
  ): Promise<void> {
    const updatedAt = new Date(clock.now())
    for (const [name, value] of Object.entries(secrets)) {
      const sealed = vault.seal(value, sealContext(row, name))
      await db
        .insert(credential)
        .values({ connectionId: row.id, name, sealed, updatedAt })
        .onConflictDoUpdate({
          target: [credential.connectionId, credential.name],
          set: { sealed, updatedAt },
        })
    }
  }

  return {
    async create(actor: Actor | null, input: CreateConnection): Promise<Connection> {
      const owner = signedIn(actor)
      const serving = servingOf(options, input.connector)
      await authorize(store.db, owner, 'connector.use', connectorOf(serving))
      const definition = await definitionOf(options, serving)
      const authentication = chooseAuthentication(definition, input.authentication ?? null)
      const accepted = acceptParameters(authentication, input.parameters ?? {})
      const name = acceptName(input.name)
      const now = new Date(clock.now())
      const values = {
        id: newId(),
        organizationId: owner.organizationId,
        ownerId: owner.userId,
        connector: serving.connector,
        importId: serving.importId,
        name,
        authentication: authentication.name,
        parameters: { ...accepted.plain },
        secretNames: [...accepted.secretNames],
        baseUrl: input.baseUrl ? acceptBaseUrl(input.baseUrl) : null,
        status: 'ACTIVE' as const,
        createdAt: now,
        updatedAt: now,
      }
      return store.db.transaction(async db => {
        await holdImport(db, serving)
        const [row] = await db
          .insert(connection)
          .values(values)
          .onConflictDoNothing({
            target: [connection.organizationId, connection.connector, connection.importId, connection.name],
          })
          .returning()
        if (!row) throw nameTaken(definition.name, name)
        await writeSecrets(db, row, accepted.secrets)
        await db
          .insert(connectionDefault)
          .values({ userId: owner.userId, connector: definition.name, connectionId: row.id })
          .onConflictDoUpdate({
            target: [connectionDefault.userId, connectionDefault.connector],
            set: { connectionId: row.id },
            setWhere: ofAnotherConnector(serving),
          })
        return toConnection(row)
      })
    },

    async update(actor: Actor | null, id: string, input: UpdateConnection): Promise<Connection> {
      return store.db.transaction(async db => {
        const role = await authorize(db, actor, 'connection.update', { kind: 'CONNECTION', id })
        const row = await readRow(db, id, 'lock')
        const stored = { plain: row.parameters, secretNames: row.secretNames }
        const accepted = input.parameters
          ? acceptParameters(await authenticationOf(options, row), input.parameters, stored)
          : { ...stored, secrets: {} }
        const baseUrl = baseUrlOf(row, input)
        const leadsElsewhere = isElsewhere(row, accepted, baseUrl)
        if (leadsElsewhere) keepSecretsWithTheirOwner(role, row, accepted)
        const entered = Object.keys(accepted.secrets).length > 0
        const changes = {
          name: input.name === undefined || input.name === null ? row.name : acceptName(input.name),
          parameters: { ...accepted.plain },
          secretNames: [...accepted.secretNames],
          baseUrl,
          ...nextStatus(row, input.disabled ?? null, entered),
          updatedAt: new Date(clock.now()),
        }
        const [changed] = await db
          .update(connection)
          .set(changes)
          .where(eq(connection.id, id))
          .returning()
          .catch(error => {
            throw isTakenName(error) ? nameTaken(row.connector, changes.name) : error
          })
        await db
          .delete(credential)
          .where(and(eq(credential.connectionId, id), notInArray(credential.name, changes.secretNames)))
        await writeSecrets(db, row, accepted.secrets)
        const removed = row.secretNames.some(name => !accepted.secretNames.includes(name))
        if (leadsElsewhere || entered || removed) await moved(db, row.id)
        return toConnection(changed ?? row)
      })
    },

    /** The credential rows, defaults and grants go with it; the rest of the hub has ended its feeds before. */
    async delete(actor: Actor | null, id: string): Promise<void> {
      await store.db.transaction(async db => {
        await authorize(db, actor, 'connection.delete', { kind: 'CONNECTION', id })
        await db.delete(connection).where(eq(connection.id, id))
        // After the connection, whose lock a grant in the making holds: it is there to be seen by now.
        await db
          .delete(accessGrant)
          .where(and(eq(accessGrant.resourceKind, 'CONNECTION'), eq(accessGrant.resourceId, id)))
      })
    },

    async setDefault(actor: Actor | null, id: string): Promise<Connection> {
      return store.db.transaction(async db => {
        const { userId } = signedIn(actor)
        await authorize(db, actor, 'connection.default', { kind: 'CONNECTION', id })
        const row = await readRow(db, id, 'lock')
        await db
          .insert(connectionDefault)
          .values({ userId, connector: row.connector, connectionId: id })
          .onConflictDoUpdate({
            target: [connectionDefault.userId, connectionDefault.connector],
            set: { connectionId: id },
          })
        return toConnection(row)
      })
    },
  }
}

/** Keeps the import until the transaction ends: no connection is made to one that is being removed. */
async function holdImport(db: Queryable, serving: ConnectorIdentity): Promise<void> {
  const { importId } = serving
  if (importId === null) return
  const [held] = await db
    .select({ id: connector.id })
    .from(connector)
    .where(eq(connector.id, importId))
    .for('key share')
  if (!held) throw notFound(connectorOf(serving))
}

/** A default for a connector that had the name before is none for this one. */
function ofAnotherConnector({ importId }: ConnectorIdentity): SQL {
  return sql`exists (select from connection before where before.id = connection_default.connection_id
    and before.import_id is distinct from ${importId}::uuid)`
}

/**
 * Who may EDIT but does not OWN could point a connection at a host of their own and read its credential there: the
 * base URL directly, the other parameters by way of policies that build the host. So they bring their own credential.
 */
function keepSecretsWithTheirOwner(role: Role, row: ConnectionRow, accepted: AcceptedParameters): void {
  const kept = row.secretNames.filter(name => !Object.hasOwn(accepted.secrets, name))
  if (role === 'OWN' || kept.length === 0) return
  throw new JunctorError(
    'CREDENTIAL_INVALID',
    `Who does not own the connection ${JSON.stringify(row.name)} must enter its secrets again to change where it leads. Give ${kept.join(', ')} as well.`,
    { details: { connector: row.connector } },
  )
}

function baseUrlOf(row: ConnectionRow, { baseUrl }: UpdateConnection): string | null {
  if (baseUrl === undefined) return row.baseUrl
  return baseUrl ? acceptBaseUrl(baseUrl) : null
}

/** Whether other parameters than its secrets, or another base URL, were given. */
function isElsewhere(
  row: ConnectionRow,
  { plain }: Pick<AcceptedParameters, 'plain'>,
  baseUrl: string | null,
): boolean {
  return baseUrl !== row.baseUrl || JSON.stringify(sorted(plain)) !== JSON.stringify(sorted(row.parameters))
}

function sorted(record: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(record)
    .map(([name, value]): [string, unknown] => [name, typeof value === 'bigint' ? String(value) : value])
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

const active = { status: 'ACTIVE', reason: null } as const

/** A new credential is worth a new try; enabling brings back what disabling took, and no more than that. */
function nextStatus(
  row: ConnectionRow,
  disabled: boolean | null,
  entered: boolean,
): Pick<ConnectionRow, 'status' | 'statusReason' | 'statusBefore'> {
  const { status, statusReason, statusBefore } = row
  // Nothing brings a revoked one back, also not by way of DISABLED.
  if (status === 'REVOKED') return { status, statusReason, statusBefore }
  const before = status === 'DISABLED' ? (statusBefore ?? active) : { status, reason: statusReason }
  const standing = entered && before.status === 'NEEDS_AUTHORIZATION' ? active : before
  if (!(disabled ?? status === 'DISABLED'))
    return { status: standing.status, statusReason: standing.reason, statusBefore: null }
  return {
    status: 'DISABLED',
    statusReason: status === 'DISABLED' ? statusReason : 'It was disabled.',
    statusBefore: standing,
  }
}
