// MySQL 8 and MariaDB 10.6 and newer through mysql2, over sockets of the egress guard. Statements are always prepared:
// the driver's own quoting is not safe in every SQL mode (NO_BACKSLASH_ESCAPES).
import type { Socket } from 'node:net'
import { type Kysely, MysqlAdapter, MysqlQueryCompiler, sql } from 'kysely'
import { type Connection, createConnection, type FieldPacket } from 'mysql2'
import type { Clock } from '../../src/clock.ts'
import {
  type AnyDatabase,
  type Column,
  type Connect,
  type OpenDatabase,
  type ReadLimit,
  type Row,
  sessionsPerDatabase,
  silentSeconds,
  statementSeconds,
  type Table,
  type TableName,
} from './engine.ts'
import { driverValues, fromMysql, mysqlForms, mysqlKind, toMysqlParameter } from './mysql-values.ts'
import { freeParameter } from './parameters.ts'
import { driverProblem } from './problem.ts'
import { rowBudget, unlimited } from './row-budget.ts'
import { createSessionPool } from './session-pool.ts'
import { type Outcome, statementKysely } from './statement-kysely.ts'
import type { ServerTarget } from './target.ts'

interface Session {
  readonly connection: Connection
  readonly socket: Socket
  ended: boolean
}

export function openMysql(target: ServerTarget, connect: Connect, clock: Clock): OpenDatabase {
  const pool = createSessionPool<Session>({
    open: () => openSession(target, connect),
    close: closeSession,
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
        adapter: new MysqlAdapter(),
        compiler: new MysqlQueryCompiler(),
        execute: (text, values) => execute(text, values, unlimited),
      })
      return {
        kysely,
        returning: false,
        tables: () => listTables(kysely),
        describe: name => describeTable(kysely, name),
        toParameter: toMysqlParameter,
        read(query, options) {
          const { sql: text, parameters } = query.compile(kysely)
          return execute(text, parameters, { ...unlimited, ...options })
        },
        run(query, parameters, most) {
          const values = parameters.map(value => freeParameter(value, mysqlForms))
          return pool.use(session => runStatement(session, query, values, most), { signal, alone: true })
        },
      }
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  }
}

async function openSession(target: ServerTarget, connect: Connect): Promise<Session> {
  const { host, port, database, username: user, password, ssl } = target
  const socket = await connect({ scheme: 'mysql', host, port })
  const connection = createConnection({
    host,
    port,
    database,
    user,
    password,
    ...(ssl === 'disable' ? {} : { ssl: verification[ssl] }),
    stream: socket,
    charset: 'utf8mb4',
    timezone: 'Z',
    connectTimeout: statementSeconds * 1000,
    maxPreparedStatements: 100,
    // Values as text, for mysql-values.ts to read without loss.
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
    // The process runs without `eval`.
    disableEval: true,
  })
  const session: Session = { connection, socket, ended: false }
  const end = () => {
    session.ended = true
  }
  connection.on('error', end)
  connection.on('end', end)
  socket.on('close', end)
  try {
    await new Promise<void>((resolve, reject) => {
      connection.connect(error => (error ? reject(error) : resolve()))
    })
    await runStatement(session, sessionSettings, [], unlimited)
  } catch (error) {
    socket.destroy()
    throw driverProblem(error)
  }
  return session
}

const verification = {
  require: { rejectUnauthorized: false },
  verify: { rejectUnauthorized: true, verifyIdentity: true },
}

/** Each server reads its own comment and skips the other: https://mariadb.com/kb/en/comment-syntax/ */
const sessionSettings = `set time_zone = '+00:00'
  /*!50708 , max_execution_time = ${statementSeconds * 1000} */
  /*M!100101 , max_statement_time = ${statementSeconds} */`

async function closeSession(session: Session): Promise<void> {
  if (session.ended) return destroy(session)
  await new Promise<void>((resolve, reject) => {
    session.connection.end(error => (error ? reject(error) : resolve()))
  })
}

function destroy(session: Session): void {
  session.ended = true
  session.connection.destroy()
  session.socket.destroy()
}

function readerOf(fields: readonly FieldPacket[]): (row: Readonly<Record<string, unknown>>) => Row {
  return row => Object.fromEntries(fields.map(field => [field.name, fromMysql(row[field.name], field)]))
}

/** Statements that only read; the end of the session would undo what others wrote, as INSERT … RETURNING. */
const reads = /^[\s(]*(select|with|table|values|show|describe|desc|explain)\b/i

/** One prepared statement. Where it only reads it ends with the limit; else its further rows are dropped as they come. */
function runStatement(
  session: Session,
  text: string,
  values: readonly unknown[],
  most: ReadLimit,
): Promise<Outcome> {
  const running = session.connection.execute(text, driverValues(values))
  const { rows, take } = rowBudget(most)
  let read: ReturnType<typeof readerOf> | null = null
  let truncated = false
  let written: Pick<Outcome, 'affectedRows' | 'insertId'> = { affectedRows: null }
  return new Promise((resolve, reject) => {
    running.on('fields', (fields: readonly FieldPacket[] | undefined) => {
      read = fields ? readerOf(fields) : null
    })
    running.on('result', (result: Readonly<Record<string, unknown>>) => {
      if (!read)
        written = { affectedRows: Number(result.affectedRows ?? 0), insertId: String(result.insertId ?? 0) }
      else if (!truncated && !take(read(result))) {
        truncated = true
        if (!reads.test(text)) return
        resolve({ rows, affectedRows: null, truncated })
        // The rest is not wanted, and the server ends a statement only with its session.
        destroy(session)
      }
    })
    running.on('end', () => resolve({ rows, ...written, truncated }))
    running.on('error', error => reject(driverProblem(error)))
  })
}

async function listTables(kysely: Kysely<AnyDatabase>): Promise<TableName[]> {
  const { rows } = await sql<{ name: string; type: string }>`
    select table_name as name, table_type as type from information_schema.tables
    where table_schema = database() order by table_name`.execute(kysely)
  return rows.map(({ name, type }) => ({ name, kind: kindOf(type) }))
}

const kindOf = (type: string) => (type.includes('VIEW') ? 'view' : 'table')

interface ListedColumn {
  readonly schema_name: string
  readonly table_type: string
  readonly name: string
  readonly data_type: string
  readonly column_type: string
  readonly nullable: string
  readonly fallback: string | null
  readonly extra: string
  readonly key_position: number
}

async function describeTable(kysely: Kysely<AnyDatabase>, name: string): Promise<Table | null> {
  // The name is compared as bytes: collations of the catalogue take "Books" and "books" for one on some systems.
  const { rows } = await sql<ListedColumn>`
    select t.table_schema as schema_name, t.table_type as table_type, c.column_name as name,
      c.data_type as data_type, c.column_type as column_type, c.is_nullable as nullable,
      c.column_default as fallback, c.extra as extra, coalesce(k.seq_in_index, 0) as key_position
    from information_schema.tables t
    join information_schema.columns c on c.table_schema = t.table_schema and c.table_name = t.table_name
    left join information_schema.statistics k on k.table_schema = c.table_schema and k.table_name = c.table_name
      and k.column_name = c.column_name and k.index_name = 'PRIMARY'
    where t.table_schema = database() and binary t.table_name = ${name}
    order by c.ordinal_position`.execute(kysely)
  const [first] = rows
  if (!first) return null
  const columns = rows.map((row): Column => {
    const extra = row.extra.toLowerCase()
    const increments = extra.includes('auto_increment')
    return {
      name: row.name,
      kind: mysqlKind(row.data_type),
      dataType: row.column_type,
      nullable: row.nullable === 'YES',
      hasDefault: row.fallback !== null || increments || extra.includes('generated'),
      increments,
      keyPosition: row.key_position,
    }
  })
  return { name, kind: kindOf(first.table_type), path: [first.schema_name, name], columns, settled: null }
}
