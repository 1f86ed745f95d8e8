// Sharing: who else may USE, EDIT or OWN a connection or a connector.
import { and, asc, eq } from 'drizzle-orm'
import { JunctorError } from '../errors.ts'
import { isId, newId } from '../id.ts'
import type { Actor } from '../identity/index.ts'
import { type Queryable, schema } from '../store/index.ts'
import { authenticationOf } from './authentications.ts'
import { authorize, notFound, type Resource, roleOn, signedIn } from './authorize.ts'
import type { Role } from './connection.ts'
import type { Connections } from './connections.ts'
import { type ConnectionsOptions, servingOf } from './dependencies.ts'
import { connectorOf, readRow, storable } from './record.ts'

export interface Principal {
  readonly kind: 'USER' | 'TEAM' | 'ORGANIZATION'
  readonly id: string
}

export interface Grant {
  readonly id: string
  /** A connection, or an import. */
  readonly resource: { readonly kind: Resource['kind']; readonly id: string }
  readonly principal: Principal
  readonly role: Role
  readonly grantedAt: Date
}

const { accessGrant, connector, member, team } = schema

export function createGrants(
  options: ConnectionsOptions,
): Pick<Connections, 'grant' | 'grantConnector' | 'revokeGrant' | 'grants'> {
  const { store, clock } = options

  async function share(
    db: Queryable,
    actor: Actor,
    resource: Grant['resource'],
    to: Principal,
    role: Role,
  ): Promise<Grant> {
    const grantedAt = new Date(clock.now())
    const [row] = await db
      .insert(accessGrant)
      .values({
        id: newId(),
        resourceKind: resource.kind,
        resourceId: resource.id,
        principalKind: to.kind,
        principalId: to.id,
        role,
        grantedBy: actor.userId,
        grantedAt,
      })
      .onConflictDoUpdate({
        target: [
          accessGrant.resourceKind,
          accessGrant.resourceId,
          accessGrant.principalKind,
          accessGrant.principalId,
        ],
        set: { role, grantedBy: actor.userId, grantedAt },
      })
      .returning()
    if (!row) throw grantNotFound(resource.id)
    return toGrant(row)
  }

  return {
    async grant(actor: Actor | null, id: string, to: Principal, role: Role): Promise<Grant> {
      const resource = { kind: 'CONNECTION', id } as const
      return store.db.transaction(async db => {
        await authorize(db, actor, 'connection.share', resource)
        // Deleting waits for this lock or has happened before it: a grant never outlives its connection.
        const row = await readRow(db, id, 'lock')
        const authentication = await authenticationOf(options, row)
        if (!authentication.shareable)
          throw new JunctorError(
            'FORBIDDEN',
            `The connector ${row.connector} does not allow sharing connections of this kind. Everybody makes their own.`,
            { details: { connector: row.connector } },
          )
        if (to.kind === 'USER' && to.id === row.ownerId)
          throw new JunctorError('BAD_INPUT', 'The owner of a connection needs no grant.')
        await refuseStranger(db, row.organizationId, to)
        return share(db, signedIn(actor), resource, to, role)
      })
    },

    async grantConnector(actor: Actor | null, name: string, to: Principal, role: Role): Promise<Grant> {
      return store.db.transaction(async db => {
        const person = signedIn(actor)
        const serving = servingOf(options, name)
        const { importId } = serving
        await authorize(db, person, 'connector.share', connectorOf(serving))
        if (importId === null)
          throw new JunctorError(
            'BAD_INPUT',
            `The connector ${name} ships with the hub, so everybody may use it and nobody can be granted more.`,
            { details: { connector: name } },
          )
        const [imported] = await db
          .select({ organizationId: connector.organizationId })
          .from(connector)
          .where(eq(connector.id, importId))
          .for('update')
        if (!imported) throw notFound(connectorOf(serving))
        await refuseStranger(db, imported.organizationId, to)
        return share(db, person, { kind: 'CONNECTOR', id: importId }, to, role)
      })
    },

    /** Who may share the resource may take a grant back, and everybody may give up their own. */
    async revokeGrant(actor: Actor | null, id: string): Promise<Grant> {
      const person = signedIn(actor)
      return store.db.transaction(async db => {
        const [row] = isId(id)
          ? await db.select().from(accessGrant).where(eq(accessGrant.id, id)).for('update')
          : []
        const grant = row && toGrant(row)
        const resource = grant && (await resourceOf(db, grant))
        // A stranger to the resource learns nothing about its grants.
        if (!grant || !resource || !(await roleOn(db, person, resource))) throw grantNotFound(id)
        const own = grant.principal.kind === 'USER' && grant.principal.id === person.userId
        const action = grant.resource.kind === 'CONNECTION' ? 'connection.share' : 'connector.share'
        if (!own) await authorize(db, person, action, resource)
        await db.delete(accessGrant).where(eq(accessGrant.id, id))
        return grant
      })
    },

    /** All grants for those who may EDIT the connection; others see those that they hold. */
    async grants(actor: Actor | null, id: string): Promise<readonly Grant[]> {
      const person = signedIn(actor)
      const role = await authorize(store.db, person, 'connection.read', { kind: 'CONNECTION', id })
      const rows = await store.db
        .select()
        .from(accessGrant)
        .where(and(eq(accessGrant.resourceKind, 'CONNECTION'), eq(accessGrant.resourceId, id)))
        .orderBy(asc(accessGrant.id))
      const grants = rows.map(toGrant)
      return role === 'USE' ? grants.filter(({ principal }) => holds(person, principal)) : grants
    },
  }
}

function grantNotFound(id: string): JunctorError {
  return new JunctorError('NOT_FOUND', `There is no grant ${JSON.stringify(id)} that you may see.`)
}

/** Null for an import that is gone. */
async function resourceOf(
  db: Queryable,
  { resource: { kind, id } }: Pick<Grant, 'resource'>,
): Promise<Resource | null> {
  if (kind === 'CONNECTION') return { kind, id }
  const [imported] = await db.select({ name: connector.name }).from(connector).where(eq(connector.id, id))
  return imported ? { kind, connector: imported.name, importId: id } : null
}

function holds(actor: Actor, { kind, id }: Principal): boolean {
  if (kind === 'USER') return id === actor.userId
  return (kind === 'TEAM' ? actor.teamIds : actor.organizationIds).includes(id)
}

/** Sharing stays inside the organization that the resource belongs to. Throws NOT_FOUND. */
async function refuseStranger(db: Queryable, organizationId: string, to: Principal): Promise<void> {
  const { kind } = to
  const id = storable(to.id)
  const inside =
    kind === 'ORGANIZATION'
      ? id === organizationId
      : (
          await (kind === 'USER'
            ? db
                .select({ id: member.id })
                .from(member)
                .where(and(eq(member.userId, id), eq(member.organizationId, organizationId)))
            : db
                .select({ id: team.id })
                .from(team)
                .where(and(eq(team.id, id), eq(team.organizationId, organizationId))))
        ).length > 0
  if (inside) return
  throw new JunctorError(
    'NOT_FOUND',
    `There is no ${kind.toLowerCase()} ${JSON.stringify(id)} in the organization that this belongs to. Invite people to it before sharing with them.`,
  )
}

function toGrant(row: typeof accessGrant.$inferSelect): Grant {
  return {
    id: row.id,
    resource: { kind: row.resourceKind, id: row.resourceId },
    principal: { kind: row.principalKind, id: row.principalId },
    role: row.role,
    grantedAt: row.grantedAt,
  }
}
