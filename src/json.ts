// JSON with exact integers: numbers beyond 2^53 come as bigint and go out as they came.

export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

/** `context.source` of JSON.parse's reviver and JSON.rawJSON: https://tc39.es/proposal-json-parse-with-source/ */
interface ReviverContext {
  readonly source?: string
}
const exact: {
  parse(text: string, reviver: (key: string, value: Json, context: ReviverContext) => Json): Json
  rawJSON(text: string): Json
} = JSON as never

/** Only text with a run of 16 digits can hold an integer beyond 2^53; all other text takes the fast path. */
const longDigits = /\d{16}/

/** Parses JSON text; integers that a number cannot hold exactly become bigint. Throws SyntaxError. */
export function parseJson(text: string): Json {
  if (!longDigits.test(text)) return JSON.parse(text)
  return exact.parse(text, (_key, value, context) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context.source ?? '')
      ? BigInt(context.source ?? '0')
      : value,
  )
}

/** JSON.stringify's replacer for exact integers. */
export function exactReplacer(_key: string, member: unknown): unknown {
  return typeof member === 'bigint' ? exact.rawJSON(String(member)) : member
}

/** Prints a value as JSON text; bigint prints as the integer it is. `undefined` members are left out. */
export function printJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, exactReplacer, indent)
}

/** True for a JSON object (not an array, not null). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
