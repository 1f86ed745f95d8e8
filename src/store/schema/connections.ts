// Connectors that were imported, people's connections to them, who may use what, and who did what.
import { sql } from 'drizzle-orm'
import { check, index, jsonb, pgTable, primaryKey, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import type { Json } from '../../json.ts'
import { organization, user } from './identity.ts'

const moment = (name: string) => timestamp(name, { withTimezone: true })

/** A connector that somebody imported; those in folders are not stored. */
export const connector = pgTable('connector', {
  name: text('name').primaryKey(),
  /**
   * This import and no other: a name may be taken again when it is removed. Replacing the document keeps it.
   * What carries it (connections, feeds, grants) has no foreign key, so that it never fits what comes later.
   */
  id: uuid('id').notNull().unique().defaultRandom(),
  organizationId: text('organization_id')
    .notNull()
    .references(() => organization.id, { onDelete: 'cascade' }),
  document: text('document').notNull(),
  properties: text('properties'),
  createdBy: text('created_by').references(() => user.id, { onDelete: 'set null' }),
  createdAt: moment('created_at').notNull().defaultNow(),
  updatedAt: moment('updated_at').notNull().defaultNow(),
})

export const connection = pgTable(
  'connection',
  {
    id: uuid('id').primaryKey(),
    organizationId: text('organization_id')
      .notNull()
      .references(() => organization.id, { onDelete: 'cascade' }),
    ownerId: text('owner_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    connector: text('connector').notNull(),
    /** The import that it was made for; null for a connector that ships with the hub or is in a folder. */
    importId: uuid('import_id'),
    name: text('name').notNull(),
    authentication: text('authentication').notNull(),
    /** Parameters that are not secret, by name. */
    parameters: jsonb('parameters').$type<Record<string, Json>>().notNull(),
    /** Names of the secret parameters that are set. */
    secretNames: text('secret_names').array().notNull().default(sql`'{}'`),
    baseUrl: text('base_url'),
    status: text('status', {
      enum: ['PENDING', 'ACTIVE', 'NEEDS_AUTHORIZATION', 'REVOKED', 'DISABLED'],
    }).notNull(),
    statusReason: text('status_reason'),
    /** While it is DISABLED: what enabling brings back. */
    statusBefore: jsonb('status_before').$type<{
      status: 'PENDING' | 'ACTIVE' | 'NEEDS_AUTHORIZATION' | 'REVOKED'
      reason: string | null
    }>(),
    createdAt: moment('created_at').notNull().defaultNow(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
    lastUsedAt: moment('last_used_at'),
    lastTest: jsonb('last_test').$type<{
      ok: boolean
      at: string
      status: number | null
      message: string | null
    }>(),
  },
  table => [
    unique('connection_name')
      .on(table.organizationId, table.connector, table.importId, table.name)
      .nullsNotDistinct(),
    index('connection_import').on(table.importId),
    index('connection_connector').on(table.connector),
    index('connection_owner').on(table.ownerId),
  ],
)

/** The secret part of a connection, sealed in the vault: one row for each secret parameter. */
export const credential = pgTable(
  'credential',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    sealed: text('sealed').notNull(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  table => [primaryKey({ columns: [table.connectionId, table.name] })],
)

/** Which connection a person's calls use where they name none. */
export const connectionDefault = pgTable(
  'connection_default',
  {
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    connector: text('connector').notNull(),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
  },
  table => [primaryKey({ columns: [table.userId, table.connector] })],
)

/** Who may USE, EDIT or OWN a connection or a connector. The owner of a connection needs no row. */
export const accessGrant = pgTable(
  'access_grant',
  {
    id: uuid('id').primaryKey(),
    resourceKind: text('resource_kind', { enum: ['CONNECTION', 'CONNECTOR'] }).notNull(),
    /** Connection id, or the id of an import. */
    resourceId: text('resource_id').notNull(),
    principalKind: text('principal_kind', { enum: ['USER', 'TEAM', 'ORGANIZATION'] }).notNull(),
    principalId: text('principal_id').notNull(),
    role: text('role', { enum: ['USE', 'EDIT', 'OWN'] }).notNull(),
    grantedBy: text('granted_by').references(() => user.id, { onDelete: 'set null' }),
    grantedAt: moment('granted_at').notNull().defaultNow(),
  },
  table => [
    unique('access_grant_once').on(
      table.resourceKind,
      table.resourceId,
      table.principalKind,
      table.principalId,
    ),
    index('access_grant_principal').on(table.principalKind, table.principalId),
  ],
)

/** Append-only: who did what to which resource, and how it ended. */
export const auditEntry = pgTable(
  'audit_entry',
  {
    /** UUIDv7, so that ids sort by time. */
    id: uuid('id').primaryKey(),
    time: moment('time').notNull().defaultNow(),
    organizationId: text('organization_id'),
    actor: text('actor').notNull(),
    action: text('action').notNull(),
    resource: text('resource').notNull(),
    connectionId: uuid('connection_id'),
    outcome: text('outcome').notNull(),
  },
  table => [
    index('audit_entry_organization').on(table.organizationId, table.id),
    index('audit_entry_connection').on(table.connectionId, table.id),
    check('audit_entry_outcome', sql`${table.outcome} <> ''`),
  ],
)
