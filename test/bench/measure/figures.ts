// Numbers as a reader wants them.

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}

/** A Markdown table; the first row is its head. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => (row[column] ?? '').length)))
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = rows
  return [
    line(head),
    `| ${widths.map(width => '-'.repeat(width)).join(' | ')} |`,
    ...body.map(line),
    '',
  ].join('\n')
}

export const milliseconds = (value: number): string => `${Math.round(value)} ms`
export const megabytes = (value: number): string => `${Math.round(value)} MB`

/** Whole numbers with groups of three. */
export const count = (value: number): string => Math.round(value).toLocaleString('en')

/** `met` or not, with how far the value is from the bound. */
export function against(value: number, most: number): string {
  return `${value <= most ? 'met' : 'NOT met'}: ${(value / most).toFixed(2)} of the bound`
}
