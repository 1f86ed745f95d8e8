// How much of a result is kept: rows and bytes are counted while they are read, so that no result fills the memory.
import { printJson } from '../../src/json.ts'
import type { ReadLimit, Row } from './engine.ts'

/** For statements that return a row or two, such as the catalogue's. */
export const unlimited: ReadLimit = { rows: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }

export interface RowBudget {
  readonly rows: readonly Row[]
  /** False where the row goes beyond the limit: it is left out, and so must be all that follow. */
  take(row: Row): boolean
}

export function rowBudget({ rows: most, bytes, keep }: ReadLimit): RowBudget {
  const rows: Row[] = []
  let left = bytes
  return {
    rows,
    take(row) {
      if (keep && !keep(row)) return true
      if (rows.length >= most || left < 0) return false
      if (left !== Number.POSITIVE_INFINITY) left -= Buffer.byteLength(printJson(row))
      if (left < 0 && rows.length > 0) return false
      rows.push(row)
      return true
    },
  }
}
