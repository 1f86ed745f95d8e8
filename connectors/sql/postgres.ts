// PostgreSQL 13 and newer through node-postgres, over sockets of the egress guard.
import { type Kysely, PostgresAdapter, PostgresQueryCompiler, sql } from 'kysely'
import pg from 'pg'
import type { Clock } from '../../src/clock.ts'
import {
  type AnyDatabase,
  type Column,
  type Connect,
  type OpenDatabase,
  type ReadLimit,
  sessionsPerDatabase,
  silentSeconds,
  statementSeconds,
  type Table,
  type TableName,
} from './engine.ts'
import { freeParameter } from './parameters.ts'
import { destroy, runFreeStatement, runStatement, type Session } from './postgres-statement.ts'
import { postgresForms, postgresKind, postgresTypes, toPostgresParameter } from './postgres-types.ts'
import { driverProblem } from './problem.ts'
import { unlimited } from './row-budget.ts'
import { createSessionPool } from './session-pool.ts'
import { statementKysely } from './statement-kysely.ts'
import type { ServerTarget } from './target.ts'

export function openPostgres(target: ServerTarget, connect: Connect, clock: Clock): OpenDatabase {
  const pool = createSessionPool<Session>({
    open: () => openSession(target, connect),
    close: async session => (session.ended ? destroy(session) : session.client.end()),
    destroy,
    alive: ({ ended }) => !ended,
    most: sessionsPerDatabase,
    workMilliseconds: silentSeconds * 1000,
    clock,
  })
  return {
    during(signal) {
      const execute = (text: string, values: readonly unknown[], most: ReadLimit) =>
        pool.use(session => runStatement(session, text, values, most), { signal })
      const kysely = statementKysely({
        adapter: new PostgresAdapter(),
        compiler: new PostgresQueryCompiler(),
        execute: (text, values) => execute(text, values, unlimited),
      })
      return {
        kysely,
        returning: true,
        tables: () => listTables(kysely),
        describe: name => describeTable(kysely, name),
        toParameter: toPostgresParameter,
        read(query, options) {
          const { sql: text, parameters } = query.compile(kysely)
          return execute(text, parameters, { ...unlimited, ...options })
        },
        run(query, parameters, most) {
          const values = parameters.map(value => freeParameter(value, postgresForms))
          return pool.use(session => runFreeStatement(session, query, values, most), {
            signal,
            alone: true,
          })
        },
      }
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  }
}

/** What a session prints must not depend on the server's configuration. */
const sessionSettings = `
  set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'iso_8601'; set bytea_output = 'hex';
  set extra_float_digits = 1; set statement_timeout = '${statementSeconds}s'`

async function openSession(target: ServerTarget, connect: Connect): Promise<Session> {
  const { host, port, database, username: user, password, ssl } = target
  const socket = await connect({ scheme: 'postgres', host, port })
  // The driver connects what it is given; this socket is connected already.
  socket.connect = () => {
    setImmediate(() => socket.emit('connect'))
    return socket
  }
  const client = new pg.Client({
    host,
    port,
    database,
    user,
    password,
    ssl: ssl === 'disable' ? false : { rejectUnauthorized: ssl === 'verify' },
    stream: () => socket,
    types: postgresTypes,
    connectionTimeoutMillis: statementSeconds * 1000,
    application_name: 'junctor',
  })
  const session: Session = { client, socket, ended: false }
  const end = () => {
    session.ended = true
  }
  // Without a listener an idle session that the server ends would end the process.
  client.on('error', end)
  client.on('end', end)
  try {
    await client.connect()
    await client.query(sessionSettings)
  } catch (error) {
    socket.destroy()
    throw driverProblem(error)
  }
  return session
}

// Rows of transactions older than every one under way: what comes later cannot have begun before them. A column whose
// values are drawn before the transaction's first write, or long after it, escapes this (README.md, "Triggers").
const settled = sql<boolean>`age(xmin) > age(pg_snapshot_xmin(pg_current_snapshot())::xid)`
/** Tables and partitioned tables; the rows of others have no transaction here. */
const hasTransactions = (relkind: string) => relkind === 'r' || relkind === 'p'

const systemSchemas = sql`n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`
const callerName = sql`case when n.nspname = current_schema() then c.relname else n.nspname || '.' || c.relname end`
/** Tables, partitioned tables, foreign tables, views and materialised views that the user may see. */
const visible = sql`
  c.relkind in ('r', 'p', 'f', 'v', 'm') and not c.relispartition and ${systemSchemas}
  and has_schema_privilege(n.oid, 'usage')
  and (has_table_privilege(c.oid, 'select') or has_any_column_privilege(c.oid, 'select'))`

interface ListedTable {
  readonly name: string
  readonly relkind: string
}

const kindOf = (relkind: string) => (relkind === 'v' || relkind === 'm' ? 'view' : 'table')

async function listTables(kysely: Kysely<AnyDatabase>): Promise<TableName[]> {
  const { rows } = await sql<ListedTable>`
    select ${callerName} as name, c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${visible} order by n.nspname <> current_schema(), 1`.execute(kysely)
  return rows.map(({ name, relkind }) => ({ name, kind: kindOf(relkind) }))
}

interface ListedColumn extends ListedTable {
  readonly schema: string
  readonly relname: string
  readonly column: string
  readonly type: string
  readonly data_type: string
  readonly nullable: boolean
  readonly has_default: boolean
  readonly increments: boolean
  readonly key_position: number
}

async function describeTable(kysely: Kysely<AnyDatabase>, name: string): Promise<Table | null> {
  const { rows } = await sql<ListedColumn>`
    with found as (
      select c.oid, c.relkind, c.relname, n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where ${visible} and ${callerName} = ${name}
      order by n.nspname <> current_schema() limit 1
    )
    select
      f.nspname as schema, f.relname, f.relkind, a.attname as column,
      coalesce(base.typname, t.typname) as type,
      format_type(a.atttypid, a.atttypmod) as data_type,
      not a.attnotnull as nullable,
      a.atthasdef or a.attidentity <> '' as has_default,
      a.attidentity <> '' or coalesce(pg_get_expr(d.adbin, d.adrelid) like 'nextval(%', false) as increments,
      -- Without the columns of INCLUDE. A slice counts from 1, the vector from 0.
      coalesce(array_position((k.indkey::int2[])[:k.indnkeyatts - 1], a.attnum), 0) as key_position
    from found f
    join pg_attribute a on a.attrelid = f.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    left join pg_type base on base.oid = nullif(t.typbasetype, 0)
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    left join pg_index k on k.indrelid = f.oid and k.indisprimary
    order by a.attnum`.execute(kysely)
  const [first] = rows
  if (!first) return null
  const columns = rows.map(
    (row): Column => ({
      name: row.column,
      kind: postgresKind(row.type),
      dataType: row.data_type,
      nullable: row.nullable,
      hasDefault: row.has_default,
      increments: row.increments,
      keyPosition: row.key_position,
    }),
  )
  return {
    name,
    kind: kindOf(first.relkind),
    path: [first.schema, first.relname],
    columns,
    settled: hasTransactions(first.relkind) ? settled : null,
  }
}
