// What is sent for a parameter: the caller's value, the constant or the default (connector-format §2.2).
import type { ParameterDefinition } from '../../definition/index.ts'
import { JunctorError } from '../../errors.ts'
import { type Json, printJson } from '../../json.ts'
import { isUploadedFile } from '../../uploaded-file.ts'
import type { Source } from './draft.ts'

/** Parameters of one place, in their order. */
export interface Placed<P> {
  readonly parameters: readonly P[]
  /** As the document has them. */
  readonly names: ReadonlySet<string>
}

export interface ArgumentValue {
  readonly value: Json
  readonly source: Source
}

/**
 * The value to send, or null for none. A null argument leaves an optional parameter out. A given value wins over a
 * constant: only the hub itself can give one (a poll's state).
 */
export function argumentValue(
  parameter: ParameterDefinition,
  given: Readonly<Record<string, Json>>,
): ArgumentValue | null {
  const value = Object.hasOwn(given, parameter.name) ? given[parameter.name] : undefined
  if (value !== undefined && value !== null) return { value, source: 'argument' }
  if (parameter.constant !== undefined) return { value: parameter.constant, source: 'package' }
  if (!parameter.required) return null
  if (parameter.schema.default !== undefined && parameter.schema.default !== null)
    return { value: parameter.schema.default, source: 'package' }
  throw invalidArgument(parameter.name, 'is required and has no value; give one')
}

/** A scalar as text; a structure as JSON. */
export function textOf(value: Json): string {
  return typeof value === 'object' ? printJson(value) : String(value)
}

/** As `textOf`, and refuses files, and halves of surrogate pairs, which no encoding can carry. */
export function encodableText(name: string, value: Json): string {
  if (isUploadedFile(value)) throw invalidArgument(name, 'is sent as text and cannot be a file; give text')
  const text = textOf(value)
  if (!text.isWellFormed())
    throw invalidArgument(
      name,
      'holds half of a surrogate pair, which is no character; send whole characters',
    )
  return text
}

/** ARGUMENT_INVALID; the message names the argument and never its value. */
export function invalidArgument(name: string, complaint: string): JunctorError {
  return new JunctorError('ARGUMENT_INVALID', `The argument "${name}" ${complaint}.`, {
    details: { argument: name },
  })
}
