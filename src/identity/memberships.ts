// From a verified session or key to an Actor: the person, and every organization and team they belong to.
import { and, eq, gt, isNull, or, type SQL } from 'drizzle-orm'
import { type Database, schema } from '../store/index.ts'
import type { Actor } from './actor.ts'

/** What was verified: whose it is, which session or key, and until when. */
export interface Verified {
  readonly userId: string
  /** `session:<id>` or `key:<id>`. */
  readonly sessionId: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  readonly activeOrganizationId: string | null
}

/** Null where the person is gone; `'HOMELESS'` where they belong to no organization any more. */
export async function loadActor(db: Database, verified: Verified): Promise<Actor | 'HOMELESS' | null> {
  const { user, member, team, teamMember } = schema
  const { userId } = verified
  const [people, members, teams] = await Promise.all([
    db
      .select({ email: user.email, name: user.name, admin: user.admin })
      .from(user)
      .where(eq(user.id, userId)),
    db
      .select({ id: member.organizationId })
      .from(member)
      .where(eq(member.userId, userId))
      .orderBy(member.createdAt, member.id),
    // A team counts for as long as its person is a member of the team's organization.
    db
      .select({ id: team.id })
      .from(teamMember)
      .innerJoin(team, eq(team.id, teamMember.teamId))
      .innerJoin(member, and(eq(member.organizationId, team.organizationId), eq(member.userId, userId)))
      .where(eq(teamMember.userId, userId)),
  ])
  const [person] = people
  if (!person) return null
  const organizationIds = members.map(({ id }) => id)
  const organizationId =
    organizationIds.find(id => id === verified.activeOrganizationId) ?? organizationIds[0]
  if (organizationId === undefined) return 'HOMELESS'
  return {
    userId,
    email: person.email,
    name: person.name === '' ? null : person.name,
    admin: person.admin ?? false,
    organizationId,
    organizationIds,
    teamIds: teams.map(({ id }) => id),
    sessionId: verified.sessionId,
    expiresAt: verified.expiresAt,
  }
}

/** True while the store still has the session or the enabled key, and its person. */
export async function isStored(db: Database, sessionId: string, now: Date): Promise<boolean> {
  const { session, apikey } = schema
  const [kind, id = ''] = sessionId.split(/:(.*)/s)
  if (kind !== 'session') return isKey(db, eq(apikey.id, id), now)
  const rows = await db
    .select({ id: session.id })
    .from(session)
    .where(and(eq(session.id, id), gt(session.expiresAt, now)))
  return rows.length > 0
}

/** The same for a key by its hash. */
export function isKeyStored(db: Database, hash: string, now: Date): Promise<boolean> {
  return isKey(db, eq(schema.apikey.key, hash), now)
}

async function isKey(db: Database, which: SQL, now: Date): Promise<boolean> {
  const { apikey, user } = schema
  const rows = await db
    .select({ id: apikey.id })
    .from(apikey)
    .innerJoin(user, eq(user.id, apikey.referenceId))
    .where(and(which, eq(apikey.enabled, true), or(isNull(apikey.expiresAt), gt(apikey.expiresAt, now))))
  return rows.length > 0
}
