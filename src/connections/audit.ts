// The audit log: who did what to which resource, and how it ended. Entries are only ever added.
import { and, desc, eq, lt, type SQL } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import { newId } from '../id.ts'
import type { Actor } from '../identity/index.ts'
import { type Store, schema } from '../store/index.ts'
import { authorize, signedIn } from './authorize.ts'
import { type Page, type PageRequest, readPageRequest, toPage } from './page.ts'

/** Never a value of a parameter or an argument: the log outlives what it tells about. */
export interface AuditRecord {
  /** Such as `connection.create` or `github_createIssue`. */
  readonly action: string
  /** Such as `connection 0198…` or `connector github`. */
  readonly resource: string
  readonly connectionId?: string | null
  /** Whose log it is kept in. Absent: the connection's organization while it is there, else the actor's. */
  readonly organizationId?: string | null
  /** `OK`, or the code of the error. */
  readonly outcome: string
}

export interface AuditEntry {
  readonly id: string
  readonly time: Date
  /** The person's id, or `hub` for what the hub did by itself. */
  readonly actor: string
  readonly action: string
  readonly resource: string
  readonly outcome: string
}

export interface Audit {
  /** The connection's organization, for an entry that is written once it is gone. Null where there is none. */
  organizationOf(connectionId: string): Promise<string | null>
  /** An actor of null is the hub itself. */
  append(actor: Actor | null, record: AuditRecord): Promise<void>
  /**
   * Newest first. With a connection: everything about it, for those who may EDIT it. Without: the caller's
   * organization, all of it for its owners and admins, their own entries for everybody else. Throws as `authorize`.
   */
  list(
    actor: Actor | null,
    request?: PageRequest & { readonly connectionId?: string | null | undefined },
  ): Promise<Page<AuditEntry>>
}

const { auditEntry, connection, member } = schema

export function createAudit({ db }: Store, clock: Clock): Audit {
  async function organizationOf(connectionId: string): Promise<string | null> {
    const [row] = await db
      .select({ id: connection.organizationId })
      .from(connection)
      .where(eq(connection.id, connectionId))
    return row?.id ?? null
  }

  async function visible(actor: Actor, connectionId: string | null): Promise<SQL | undefined> {
    if (connectionId !== null) {
      await authorize(db, actor, 'connection.audit', { kind: 'CONNECTION', id: connectionId })
      return eq(auditEntry.connectionId, connectionId)
    }
    const [membership] = await db
      .select({ role: member.role })
      .from(member)
      .where(and(eq(member.userId, actor.userId), eq(member.organizationId, actor.organizationId)))
    // better-auth writes several roles as one comma-separated text.
    const manages = membership?.role.split(',').some(role => role === 'owner' || role === 'admin')
    const own = eq(auditEntry.actor, actor.userId)
    return and(eq(auditEntry.organizationId, actor.organizationId), manages ? undefined : own)
  }

  return {
    organizationOf,
    async append(actor, { action, resource, outcome, connectionId = null, organizationId: given }) {
      const organizationId = given ?? (connectionId === null ? null : await organizationOf(connectionId))
      await db.insert(auditEntry).values({
        id: newId(),
        time: new Date(clock.now()),
        organizationId: organizationId ?? actor?.organizationId ?? null,
        actor: actor?.userId ?? 'hub',
        action,
        resource,
        connectionId,
        outcome,
      })
    },
    async list(actor, request = {}) {
      const { first, after } = readPageRequest(request)
      const condition = await visible(signedIn(actor), request.connectionId ?? null)
      const rows = await db
        .select({
          id: auditEntry.id,
          time: auditEntry.time,
          actor: auditEntry.actor,
          action: auditEntry.action,
          resource: auditEntry.resource,
          outcome: auditEntry.outcome,
        })
        .from(auditEntry)
        .where(after === null ? condition : and(condition, lt(auditEntry.id, after)))
        .orderBy(desc(auditEntry.id))
        .limit(first + 1)
      return toPage(rows, first)
    },
  }
}
