// Kysely over our own pool of mysql2 sessions. Kysely's MysqlDialect sends statements with values quoted into them;
// this sends them prepared (mysql.ts says why).
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  type QueryResult,
} from 'kysely'
import type { Connection, ResultSetHeader } from 'mysql2'
import type { AnyDatabase, Row } from './engine.ts'
import type { Lease, SessionPool } from './session-pool.ts'

export interface MysqlSession {
  readonly connection: Connection
  ended: boolean
}

export interface MysqlResult {
  readonly rows: readonly Row[]
  /** Of a statement that returns no rows. */
  readonly header: ResultSetHeader | null
}

export type Execute = (
  session: MysqlSession,
  text: string,
  parameters: readonly unknown[],
) => Promise<MysqlResult>

export function mysqlKysely(pool: SessionPool<MysqlSession>, execute: Execute): Kysely<AnyDatabase> {
  return new Kysely<AnyDatabase>({
    dialect: {
      createAdapter: () => new MysqlAdapter(),
      createDriver: () => driver(pool, execute),
      createIntrospector: kysely => new MysqlIntrospector(kysely),
      createQueryCompiler: () => new MysqlQueryCompiler(),
    },
  })
}

function driver(pool: SessionPool<MysqlSession>, execute: Execute): Driver {
  const leases = new WeakMap<DatabaseConnection, Lease<MysqlSession>>()
  const say = async (connection: DatabaseConnection, text: string) => {
    await connection.executeQuery(CompiledQuery.raw(text))
  }
  return {
    init: async () => {},
    async acquireConnection() {
      const lease = await pool.lease()
      const connection = asKysely(lease.session, execute)
      leases.set(connection, lease)
      return connection
    },
    beginTransaction: connection => say(connection, 'start transaction'),
    commitTransaction: connection => say(connection, 'commit'),
    rollbackTransaction: connection => say(connection, 'rollback'),
    releaseConnection: async connection => leases.get(connection)?.release(),
    destroy: async () => pool[Symbol.asyncDispose](),
  }
}

function asKysely(session: MysqlSession, execute: Execute): DatabaseConnection {
  return {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      const { rows, header } = await execute(session, sql, parameters)
      return {
        // The statement's author says what its rows are.
        rows: rows as readonly unknown[] as R[],
        ...(header
          ? { numAffectedRows: BigInt(header.affectedRows), insertId: BigInt(header.insertId) }
          : {}),
      }
    },
    streamQuery() {
      throw new Error('Rows are not streamed here; Database.run reads up to a limit.')
    },
  }
}
