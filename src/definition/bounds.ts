// How much of a document is read. A document is somebody else's: every way it can grow has an end.

export interface Bounds {
  /** Bytes of one file, or UTF-8 bytes of one text. */
  readonly bytes: number
  /** The same of a text in YAML, whose parser needs some seventy times the text's size in memory. */
  readonly yamlBytes: number
  /** How deep values nest in the text. */
  readonly depth: number
  /** Values in the text, YAML aliases expanded. */
  readonly values: number
  /** How deep schemas nest, references that are written out counted. */
  readonly schemaDepth: number
  /** Schemas in the definition, counted where they are written out. */
  readonly schemas: number
  readonly operations: number
  /** Findings kept; more are counted in one last line. */
  readonly diagnostics: number
}

export const defaultBounds: Bounds = {
  bytes: 32 * 1024 * 1024,
  yamlBytes: 10 * 1024 * 1024,
  depth: 200,
  values: 2_000_000,
  schemaDepth: 64,
  schemas: 250_000,
  operations: 20_000,
  diagnostics: 1_000,
}
