// SQLite through Node's own node:sqlite. Calls block the process, which is this connector's alone.
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { type Kysely, SqliteAdapter, SqliteQueryCompiler, sql } from 'kysely'
import type {
  AnyDatabase,
  Column,
  Database,
  OpenDatabase,
  ReadLimit,
  Row,
  Table,
  TableName,
} from './engine.ts'
import { freeParameter } from './parameters.ts'
import { badRequest } from './problem.ts'
import { rowBudget, unlimited } from './row-budget.ts'
import { fromSqlite, sqliteForms, sqliteKind, toSqliteParameter } from './sqlite-values.ts'
import { type Outcome, statementKysely } from './statement-kysely.ts'

/** Opens a database file, made where there is none, on its first use. */
export function openSqlite(file: string): OpenDatabase {
  let opened: DatabaseSync | null = null
  const execute = async (text: string, values: readonly unknown[], most: ReadLimit) => {
    opened ??= openFile(file)
    return runStatement(opened, text, values, most)
  }
  const kysely = statementKysely({
    adapter: new SqliteAdapter(),
    compiler: new SqliteQueryCompiler(),
    execute: (text, values) => execute(text, values, unlimited),
  })
  const database: Database = {
    kysely,
    returning: true,
    tables: () => listTables(kysely),
    describe: name => describeTable(kysely, name),
    toParameter: toSqliteParameter,
    read(query, options) {
      const { sql: text, parameters } = query.compile(kysely)
      return execute(text, parameters, { ...unlimited, ...options })
    },
    async run(query, parameters, most) {
      using own = openFile(file)
      const values = parameters.map(value => freeParameter(value, sqliteForms))
      return runStatement(own, query, values, most)
    },
  }
  return {
    // A statement is over before anybody can leave.
    during: () => database,
    async [Symbol.asyncDispose]() {
      opened?.close()
      opened = null
    },
  }
}

/** What one text, blob or stored row may have: beyond it no answer of this connector can carry it either. */
const mostValueBytes = 10 * 1024 * 1024
const mostFileBytes = 2 * 1024 * 1024 * 1024
const pageBytes = 4096

function openFile(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 5_000, limits: { length: mostValueBytes } })
  // Readers and a writer do not wait for each other.
  database.exec(`
    pragma journal_mode = wal; pragma foreign_keys = on; pragma max_page_count = ${mostFileBytes / pageBytes}`)
  return database
}

type SqliteRow = Record<string, SQLOutputValue>

function reader(statement: StatementSync): (row: SqliteRow) => Row {
  const declared = new Map(statement.columns().map(({ name, type }) => [name, type]))
  return row =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, fromSqlite(value, declared.get(name) ?? null)]),
    )
}

function toInput(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value
  if (value instanceof Uint8Array) return value
  throw badRequest(`SQLite takes no parameter of type ${typeof value}.`)
}

function runStatement(
  database: DatabaseSync,
  text: string,
  values: readonly unknown[],
  most: ReadLimit,
): Outcome {
  const statement = database.prepare(text)
  statement.setReadBigInts(true)
  const bound = values.map(toInput)
  if (statement.columns().length === 0) {
    const { changes } = statement.run(...bound)
    return { rows: [], affectedRows: Number(changes), truncated: false }
  }
  const read = reader(statement)
  const { rows, take } = rowBudget(most)
  for (const row of statement.iterate(...bound))
    if (!take(read(row))) return { rows, affectedRows: null, truncated: true }
  return { rows, affectedRows: null, truncated: false }
}

interface ListedTable {
  readonly name: string
  readonly type: string
  /** 1 for WITHOUT ROWID. */
  readonly wr: number
  /** The statement that made it. */
  readonly made: string | null
}

const listed = sql<ListedTable>`
  select l.name, l.type, l.wr, s.sql as made from pragma_table_list l left join sqlite_schema s on s.name = l.name and s.type = 'table'
  where l.schema = 'main' and l.type in ('table', 'view', 'virtual') and l.name not like 'sqlite~_%' escape '~'
  order by l.name`

async function listTables(kysely: Kysely<AnyDatabase>): Promise<TableName[]> {
  const { rows } = await listed.execute(kysely)
  return rows.map(({ name, type }) => ({ name, kind: type === 'view' ? 'view' : 'table' }))
}

interface ListedColumn {
  readonly name: string
  readonly type: string
  readonly required: number
  readonly fallback: string | null
  readonly pk: number
  /** 2 and 3: generated. */
  readonly hidden: number
}

async function describeTable(kysely: Kysely<AnyDatabase>, name: string): Promise<Table | null> {
  const found = (await listed.execute(kysely)).rows.find(table => table.name === name)
  if (!found) return null
  const { rows } = await sql<ListedColumn>`
    select name, type, "notnull" as required, dflt_value as fallback, pk, hidden
    from pragma_table_xinfo(${name}) where hidden <> 1 order by cid`.execute(kysely)
  const keys = rows.filter(row => row.pk > 0)
  // https://sqlite.org/lang_createtable.html#rowid: exactly INTEGER, alone in the key, in a table that has a rowid.
  const isRowid = (row: ListedColumn) =>
    keys.length === 1 && row.pk > 0 && found.wr === 0 && row.type.toUpperCase() === 'INTEGER'
  // https://sqlite.org/autoinc.html: without the keyword the number of a deleted row is given again.
  const increments = (row: ListedColumn) => isRowid(row) && saysAutoincrement(found.made ?? '')
  const columns = rows.map(
    (row): Column => ({
      name: row.name,
      kind: sqliteKind(row.type),
      dataType: row.type === '' ? 'any' : row.type.toLowerCase(),
      nullable: row.required === 0 && row.pk === 0,
      hasDefault: row.fallback !== null || row.hidden > 1 || isRowid(row),
      increments: increments(row),
      keyPosition: row.pk,
    }),
  )
  return { name, kind: found.type === 'view' ? 'view' : 'table', path: [name], columns, settled: null }
}

/** The keyword, not a name, a text or a comment of the same letters. */
function saysAutoincrement(statement: string): boolean {
  const others = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*.*?\*\//gs
  return /\bautoincrement\b/i.test(statement.replace(others, ' '))
}
