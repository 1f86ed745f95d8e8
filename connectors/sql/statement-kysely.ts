// Kysely over a function that runs one statement. Kysely's own drivers quote values into statements (mysql.ts says why
// not here) and hold a session from one statement to the next; here each statement finds its session itself.
import {
  type CompiledQuery,
  type DatabaseConnection,
  type DialectAdapter,
  Kysely,
  type QueryResult as KyselyResult,
  type QueryCompiler,
} from 'kysely'
import type { AnyDatabase, QueryResult } from './engine.ts'

export interface Outcome extends QueryResult {
  /** What an auto-increment column got, where the engine returns no rows of an insert. */
  readonly insertId?: string
}

export function statementKysely(options: {
  readonly adapter: DialectAdapter
  readonly compiler: QueryCompiler
  readonly execute: (text: string, parameters: readonly unknown[]) => Promise<Outcome>
}): Kysely<AnyDatabase> {
  const { adapter, compiler, execute } = options
  const connection: DatabaseConnection = {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<KyselyResult<R>> {
      const { rows, affectedRows, insertId } = await execute(sql, parameters)
      return {
        // The statement's author says what its rows are.
        rows: rows as readonly unknown[] as R[],
        ...(affectedRows === null ? {} : { numAffectedRows: BigInt(affectedRows) }),
        ...(insertId && insertId !== '0' ? { insertId: BigInt(insertId) } : {}),
      }
    },
    streamQuery() {
      throw new Error('Rows are not streamed here; Database.read reads up to a limit.')
    },
  }
  const oneStatement = async () => {
    throw new Error('There are no transactions here: each statement may run in another session.')
  }
  return new Kysely<AnyDatabase>({
    dialect: {
      createAdapter: () => adapter,
      createDriver: () => ({
        init: async () => {},
        acquireConnection: async () => connection,
        beginTransaction: oneStatement,
        commitTransaction: oneStatement,
        rollbackTransaction: oneStatement,
        releaseConnection: async () => {},
        destroy: async () => {},
      }),
      createIntrospector: () => {
        throw new Error('Tables are described by each engine itself.')
      },
      createQueryCompiler: () => compiler,
    },
  })
}
