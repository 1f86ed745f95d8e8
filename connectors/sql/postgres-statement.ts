// One statement in a session of PostgreSQL: to its end, or to the limit's.
import type { Socket } from 'node:net'
import pg from 'pg'
import type { ReadLimit, Row } from './engine.ts'
import { driverProblem } from './problem.ts'
import { rowBudget } from './row-budget.ts'
import type { Outcome } from './statement-kysely.ts'

export interface Session {
  readonly client: pg.Client
  readonly socket: Socket
  ended: boolean
}

export function destroy(session: Session): void {
  session.ended = true
  session.socket.destroy()
}

/** One of our own queries, whose session may end before its rows do. */
export function runStatement(
  session: Session,
  text: string,
  values: readonly unknown[],
  most: ReadLimit,
): Promise<Outcome> {
  // The extended protocol takes one statement only, also where there are no parameters.
  const config = { text, values: [...values], queryMode: 'extended' }
  return outcome(session, new pg.Query<Row>(config), most, () => {
    destroy(session)
    return true
  })
}

const pageRows = 50

/**
 * A caller's statement, which may write before it returns rows: it is told to stop between two pages and completes,
 * where the end of its session would undo what it wrote.
 */
export function runFreeStatement(
  session: Session,
  text: string,
  values: readonly unknown[],
  most: ReadLimit,
): Promise<Outcome> {
  const config = { text, values: [...values], queryMode: 'extended', rows: pageRows }
  let full = false
  const running = Object.assign(new pg.Query<Row>(config), {
    // As pg-cursor does: https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
    handlePortalSuspended(connection: pg.Connection) {
      if (full) return connection.sync()
      connection.execute({ portal: '', rows: String(pageRows) }, true)
      connection.flush()
    },
  })
  return outcome(session, running, most, () => {
    full = true
    return false
  })
}

function outcome(
  { client }: Session,
  running: InstanceType<typeof pg.Query<Row>>,
  most: ReadLimit,
  /** True where nothing more will come. */
  stop: () => boolean,
): Promise<Outcome> {
  const { rows, take } = rowBudget(most)
  let truncated = false
  return new Promise((resolve, reject) => {
    running.on('row', row => {
      if (truncated || take(row)) return
      truncated = true
      if (stop()) resolve({ rows, affectedRows: null, truncated })
    })
    running.on('end', ({ rowCount, fields }: pg.QueryResult<Row>) =>
      resolve({ rows, affectedRows: fields.length > 0 ? null : rowCount, truncated }),
    )
    running.on('error', error => reject(driverProblem(error)))
    client.query(running)
  })
}
