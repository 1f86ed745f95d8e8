// The contract of a database engine. sqlite.ts, postgres.ts and mysql.ts implement it, and one suite tests all three.
import type { Kysely, RawBuilder } from 'kysely'
import type { WebappContext } from '../../src/hosting/webapp.ts'
import type { Json, JsonObject } from '../../src/json.ts'

/** What a column holds, as JSON sees it. `other`: text in the database's own notation. */
export type ColumnKind =
  | 'integer'
  | 'decimal'
  | 'float'
  | 'boolean'
  | 'text'
  | 'uuid'
  | 'date'
  | 'datetime'
  | 'binary'
  | 'json'
  | 'other'

export interface Column {
  readonly name: string
  readonly kind: ColumnKind
  /** The database's own name of the type. */
  readonly dataType: string
  readonly nullable: boolean
  /** The database fills it in where an insert leaves it out. */
  readonly hasDefault: boolean
  /** An identity or auto-increment column: later rows get greater values. */
  readonly increments: boolean
  /** Position in the primary key from 1; 0 for columns outside. */
  readonly keyPosition: number
}

export interface TableName {
  /** How callers name it: alone where it is in the current schema, else `schema.table`. */
  readonly name: string
  readonly kind: 'table' | 'view'
}

export interface Table extends TableName {
  /** Identifier parts, to be quoted one by one. */
  readonly path: readonly string[]
  readonly columns: readonly Column[]
  /** True for rows that no transaction still under way can precede; null where the engine cannot tell. */
  readonly settled: RawBuilder<boolean> | null
}

export type Row = JsonObject

export interface QueryResult {
  readonly rows: readonly Row[]
  /** Null where the statement changes nothing. */
  readonly affectedRows: number | null
  /** There were more rows than the limit. */
  readonly truncated: boolean
}

/** Where reading ends. One row is always read, however many bytes it has. */
export interface ReadLimit {
  readonly rows: number
  /** Of the rows as JSON. */
  readonly bytes: number
  /** False for rows to leave out; they count for nothing. */
  readonly keep?: (row: Row) => boolean
}

/** Tables have any columns; statements name them by sql.id only. */
export type AnyDatabase = Record<string, Record<string, unknown>>

/** A database that is open, for the calls of one connection. */
export interface OpenDatabase extends AsyncDisposable {
  /** The database for one call. `signal` aborts when the caller goes away, and ends what the call has begun. */
  during(signal: AbortSignal): Database
}

/** One database as one call sees it. Rows come out as JSON (README.md, "Values"). */
export interface Database {
  readonly kysely: Kysely<AnyDatabase>
  /** True where INSERT, UPDATE and DELETE can return rows. */
  readonly returning: boolean
  /** Every table and view the connection may see. */
  tables(): Promise<readonly TableName[]>
  /** Null where there is none of this name. */
  describe(name: string): Promise<Table | null>
  /** A column's value as the driver takes it. Throws SqlProblem where it does not fit the column. */
  toParameter(column: Column, value: Json): unknown
  /** Rows of a query that limits their number itself. `keep` is false for rows to leave out, which count for nothing. */
  read(
    query: RawBuilder<Row>,
    options: { bytes: number; keep?: (row: Row) => boolean },
  ): Promise<Pick<QueryResult, 'rows' | 'truncated'>>
  /** Runs one statement in a session of its own, which ends with it: nothing it sets reaches another call. */
  run(query: string, parameters: readonly Json[], most: ReadLimit): Promise<QueryResult>
}

export type Connect = WebappContext['connect']

/** What every server session is held to. */
export const statementSeconds = 30
/** What the hub waits for a server that should have ended the statement itself. */
export const silentSeconds = statementSeconds + 5
export const sessionsPerDatabase = 4
