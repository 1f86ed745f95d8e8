// A schema of a definition: what a value is, how it is written, and where its choices come from.
import type { Json } from '../json.ts'

/** `important` first, then `normal`, then `advanced`; `internal` is hidden but still sent (§2.5). */
export type Visibility = 'important' | 'normal' | 'advanced' | 'internal'

/** How an argument of a dynamic call is found: a constant, or another parameter's value (§6). */
export type DynamicArgument = { readonly value: Json } | { readonly parameter: string }

/** `x-ms-dynamic-values` / `-list` (choices) and `-schema` / `-properties` (a JSON Schema), in one shape (§6). */
export interface DynamicReference {
  readonly operation: string
  readonly arguments: Readonly<Record<string, DynamicArgument>>
  /** Slash-separated path to the array of choices; empty: the response itself. */
  readonly itemsPath: string
  /** Choices: path of the value inside an item. Schemas: path of the schema inside the response. */
  readonly valuePath: string
  readonly titlePath: string
}

interface SchemaCommon {
  /** A UI label. Never a name. */
  readonly title?: string
  readonly description?: string
  readonly nullable?: boolean
  readonly visibility?: Visibility
  /** Always fits the type: defaults that do not are dropped with DEFAULT_DROPPED. */
  readonly default?: Json
  readonly deprecated?: boolean
  /** Only responses carry it: never ask a caller for it, even where it is required. */
  readonly readOnly?: true
  /** Only requests carry it. */
  readonly writeOnly?: true
  /** The hub writes its callback URL here (§5.2). */
  readonly notificationUrl?: true
  readonly dynamicValues?: DynamicReference
  readonly dynamicSchema?: DynamicReference
  readonly xml?: XmlHints
}

/** How a value is written in XML (the "XML Object" of OpenAPI); namespaces and prefixes say nothing to a reader. */
export interface XmlHints {
  readonly name?: string
  readonly attribute?: true
  /** Of a list: its items stand inside an element of their own. */
  readonly wrapped?: true
}

export interface EnumValue {
  readonly value: string | number
  readonly title?: string
}

/** A normalised schema: local references only, no combinators (allOf is merged), no vendor keys. */
export type Schema = SchemaCommon &
  (
    | { readonly type: 'any' }
    /** A key of `ConnectorDefinition.schemas`. The only way to recurse. */
    | { readonly type: 'ref'; readonly ref: string }
    | { readonly type: 'string'; readonly format?: StringFormat; readonly enum?: readonly EnumValue[] }
    | { readonly type: 'integer'; readonly format: 'int32' | 'int64'; readonly enum?: readonly EnumValue[] }
    | { readonly type: 'number'; readonly enum?: readonly EnumValue[] }
    | { readonly type: 'boolean' }
    | { readonly type: 'array'; readonly items: Schema }
    | {
        readonly type: 'object'
        readonly properties: Readonly<Record<string, Schema>>
        readonly required: readonly string[]
        /** Schema of undeclared members; null where nothing says there are any. */
        readonly additional: Schema | null
      }
  )

/** `byte` is base64 text inside JSON; `binary` is raw bytes (a whole body, a form file or a whole response). */
export type StringFormat = 'date-time' | 'date' | 'byte' | 'binary' | 'uuid' | 'uri' | 'email' | 'password'
