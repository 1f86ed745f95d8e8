// The one place that decides who may do what. Everything in the data layer asks it, in the transaction that acts.
import { and, eq, gte, is, SQL, sql } from 'drizzle-orm'
import { JunctorError } from '../errors.ts'
import { isId } from '../id.ts'
import type { Actor } from '../identity/index.ts'
import { type Queryable, schema } from '../store/index.ts'
import type { ConnectorIdentity, Role } from './connection.ts'

/** What each action needs at least. USE < EDIT < OWN; whoever made a connection OWNs it. */
const needed = {
  'connection.read': 'USE',
  'connection.use': 'USE',
  'connection.test': 'USE',
  'connection.default': 'USE',
  'connection.update': 'EDIT',
  'connection.audit': 'EDIT',
  'connection.share': 'OWN',
  'connection.delete': 'OWN',
  'connector.use': 'USE',
  'connector.update': 'EDIT',
  'connector.share': 'OWN',
  'connector.delete': 'OWN',
} as const satisfies Record<string, Role>

export type Action = keyof typeof needed

export type Resource =
  | { readonly kind: 'CONNECTION'; readonly id: string }
  /** One that ships with the hub or is in a folder everybody may USE, and the hub's administrator OWNs it. */
  | ({ readonly kind: 'CONNECTOR' } & ConnectorIdentity)

const roles: readonly Role[] = ['USE', 'EDIT', 'OWN']

function roleOfRank(rank: number): Role | null {
  return roles[rank - 1] ?? null
}

/** The actor, or UNAUTHENTICATED for nobody. */
export function signedIn(actor: Actor | null): Actor {
  if (actor) return actor
  throw new JunctorError('UNAUTHENTICATED', 'Sign in, or send an API key, to do this.')
}

/**
 * Returns the actor's role where it allows the action. Throws UNAUTHENTICATED for nobody, *_NOT_FOUND where the actor
 * may not even know of the resource, FORBIDDEN where the role does not reach.
 */
export async function authorize(
  db: Queryable,
  actor: Actor | null,
  action: Action,
  resource: Resource,
): Promise<Role> {
  const role = await roleOn(db, signedIn(actor), resource)
  if (!role) throw notFound(resource)
  if (roles.indexOf(role) >= roles.indexOf(needed[action])) return role
  throw new JunctorError(
    'FORBIDDEN',
    `This needs the role ${needed[action]} on the ${resource.kind.toLowerCase()}; you have ${role}. Ask an owner of it.`,
  )
}

/** The actor's role on the resource, null for none. */
export async function roleOn(db: Queryable, actor: Actor, resource: Resource): Promise<Role | null> {
  if (resource.kind === 'CONNECTOR') return roleOnConnector(db, actor, resource)
  if (!isId(resource.id)) return null
  const [row] = await db
    .select({ rank: connectionRank(actor) })
    .from(schema.connection)
    .where(and(eq(schema.connection.id, resource.id), inOrganizations(actor)))
  return roleOfRank(row?.rank ?? 0)
}

/** People as columns of a query that asks for many of them at once. */
interface Columns {
  readonly userId: SQL
  readonly organizationIds: SQL
  readonly teamIds: SQL
}
type Holder = Actor | Columns

const asked: Columns = {
  userId: sql`asked.user_id`,
  organizationIds: sql`asked.organization_ids`,
  teamIds: sql`asked.team_ids`,
}

/** Of these people, those who have a role on the connection: `roleOn` for many, in one query. */
export async function thoseWithRole(
  db: Queryable,
  actors: readonly Actor[],
  connectionId: string,
): Promise<ReadonlySet<Actor>> {
  if (!isId(connectionId) || actors.length === 0) return new Set()
  const people = actors.map(({ userId, organizationIds, teamIds }, place) => ({
    place,
    user_id: userId,
    organization_ids: organizationIds,
    team_ids: teamIds,
  }))
  const rows = await db
    .select({ place: sql<number>`asked.place` })
    .from(schema.connection)
    .innerJoin(
      sql`jsonb_to_recordset(${JSON.stringify(people)}::jsonb)
        as asked(place int, user_id text, organization_ids text[], team_ids text[])`,
      sql`true`,
    )
    .where(and(eq(schema.connection.id, connectionId), inOrganizations(asked), gte(connectionRank(asked), 1)))
  return new Set(rows.flatMap(({ place }) => actors[place] ?? []))
}

/** SQL over `connection`: 0 for no role, 1 to 3 for USE, EDIT, OWN. Use it together with `inOrganizations`. */
export function connectionRank(actor: Holder): SQL<number> {
  return sql<number>`case when connection.owner_id = ${actor.userId} then 3
    else ${grantedRank(actor, sql`'CONNECTION'`, sql`connection.id::text`)} end`
}

/** SQL over `connection`: whoever leaves an organization has no role there any more, whatever was granted. */
export function inOrganizations({ organizationIds }: Holder): SQL {
  return sql`connection.organization_id = ${anyOf(organizationIds)}`
}

function anyOf(ids: readonly string[] | SQL): SQL {
  return is(ids, SQL) ? sql`any(${ids})` : sql`any(${sql.param([...ids])}::text[])`
}

async function roleOnConnector(
  db: Queryable,
  actor: Actor,
  { importId }: ConnectorIdentity,
): Promise<Role | null> {
  if (importId === null) return actor.admin ? 'OWN' : 'USE'
  const [imported] = await db
    .select({
      organizationId: schema.connector.organizationId,
      createdBy: schema.connector.createdBy,
      rank: grantedRank(actor, sql`'CONNECTOR'`, sql`connector.id::text`),
    })
    .from(schema.connector)
    .where(eq(schema.connector.id, importId))
  if (!imported || !actor.organizationIds.includes(imported.organizationId)) return null
  return imported.createdBy === actor.userId ? 'OWN' : (roleOfRank(imported.rank) ?? 'USE')
}

function grantedRank(actor: Holder, kind: SQL, id: SQL): SQL<number> {
  return sql<number>`coalesce((
    select max(case held.role when 'OWN' then 3 when 'EDIT' then 2 else 1 end) from access_grant held
    where held.resource_kind = ${kind} and held.resource_id = ${id} and (${heldBy(actor)})), 0)`
}

function heldBy(actor: Holder): SQL {
  const among = (ids: readonly string[] | SQL) => sql`held.principal_id = ${anyOf(ids)}`
  return sql`(held.principal_kind = 'USER' and held.principal_id = ${actor.userId})
    or (held.principal_kind = 'TEAM' and ${among(actor.teamIds)})
    or (held.principal_kind = 'ORGANIZATION' and ${among(actor.organizationIds)})`
}

export function notFound(resource: Resource): JunctorError {
  return resource.kind === 'CONNECTION'
    ? new JunctorError(
        'CONNECTION_NOT_FOUND',
        `There is no connection ${JSON.stringify(resource.id)} that you may use.`,
      )
    : connectorNotFound(resource.connector)
}

export function connectorNotFound(connector: string): JunctorError {
  return new JunctorError(
    'CONNECTOR_NOT_FOUND',
    `There is no connector ${JSON.stringify(connector)} on this hub, or it is quarantined.`,
    { details: { connector } },
  )
}
