// What the indentation of a text says of its structure, against which a reading of its brackets is held: members of
// one container stand in one column, to the right of the line that opens it, and its closing bracket below that line.

/** Columns of one container. */
export interface Columns {
  /** Of the line that opens it. */
  readonly indent: number
  /** Of its members that begin a line; null before the first of them. */
  members: number | null
}

export interface IndentationWitness {
  /** A member of `container` begins a line at this column. */
  member(container: Columns, column: number): void
  /** `container` is closed by a bracket that begins a line at this column. */
  closer(container: Columns, column: number): void
  /** How many of them stood elsewhere than the reading makes one expect. */
  disagreements(): number
  /** False for a text without columns, which says nothing. */
  speaks(): boolean
}

export function createIndentationWitness(): IndentationWitness {
  let disagreements = 0
  let speaks = false
  return {
    member(container, column) {
      if (column > 0) speaks = true
      // A text that is not indented at all has everything in the column of its containers.
      const outside = container.indent > 0 ? column <= container.indent : column < container.indent
      if (outside || (container.members !== null && container.members !== column)) disagreements += 1
      container.members ??= column
    },
    closer(container, column) {
      if (column !== container.indent) disagreements += 1
    },
    disagreements: () => disagreements,
    speaks: () => speaks,
  }
}
