// The column that a trigger follows: the one named, or the one that speaks for itself.
import { columnOf, keyOf } from './columns.ts'
import type { Column, ColumnKind, Table } from './engine.ts'
import { badRequest } from './problem.ts'

/** Kinds whose order is that of time, given that later rows get greater values. */
const ordered: Readonly<Record<'new' | 'updated', readonly ColumnKind[]>> = {
  new: ['integer', 'decimal', 'date', 'datetime', 'text', 'uuid'],
  updated: ['integer', 'decimal', 'date', 'datetime'],
}

/** Common names, without case and underscores. */
const updateNames = [
  ...['updatedat', 'modifiedat', 'changedat', 'lastmodified', 'lastupdated', 'lastupdate', 'lastchanged'],
  ...['updated', 'modified', 'changed', 'updatedon', 'modifiedon', 'changedon', 'updatetime', 'mtime'],
  ...['lastmodifiedat', 'lastupdatedat', 'rowversion'],
]

/** Throws 400 where there is no such column, or it has no order. */
export function triggerColumn(trigger: 'new' | 'updated', table: Table, name: string | undefined): Column {
  const column = name ? columnOf(table, name) : guessed[trigger](table)
  if (ordered[trigger].includes(column.kind)) return column
  throw badRequest(
    `Column "${column.name}" of type ${column.dataType} cannot be followed; choose one whose values grow with time.`,
  )
}

const guessed = {
  new(table: Table): Column {
    const [only, ...more] = keyOf(table)
    if (only?.increments && more.length === 0) return only
    throw badRequest(
      `Table "${table.name}" has no single auto-increment key; name a column whose values grow with each new row in "column".`,
    )
  },
  updated(table: Table): Column {
    const found = updateNames
      .map(wanted => table.columns.find(({ name }) => name.toLowerCase().replaceAll('_', '') === wanted))
      .find(column => column && ordered.updated.includes(column.kind))
    if (found) return found
    throw badRequest(
      `Table "${table.name}" has no column with a known name for the time of the last change; name one in "column".`,
    )
  },
}
