// What parsing a text comes to, whatever its format.

export interface Repair {
  /** A whole sentence, with its line where there is one. */
  readonly message: string
  /** JSON pointer of what was being read; absent where the repair concerns no place in it. */
  readonly pointer?: string
}

export interface Parsed {
  readonly value: unknown
  /** What was not as the format has it. */
  readonly repairs: readonly Repair[]
}

export interface Unparsable {
  /** A whole sentence. */
  readonly problem: string
}
