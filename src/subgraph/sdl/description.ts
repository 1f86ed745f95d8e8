// What a reader of the schema is told about a thing besides its type.
import { Kind, print } from 'graphql'
import type { OperationDefinition, Schema } from '../../definition/index.ts'
import { type Json, printJson } from '../../json.ts'
import type { ArgumentPlan } from '../plan/argument-plan.ts'
import { isUpload, type ValuePlan } from '../plan/shape.ts'

/** Longer lists of allowed values are cut; an API with more has a reference for them. */
const shownValues = 50

export function describeOperation({ summary, description, hint, role }: OperationDefinition): string {
  return paragraphs(
    summary,
    description === summary ? undefined : description,
    hint && `To make it fire: ${hint}`,
    role.role === 'webhook' && role.once
      ? 'Calls, and answers with a feed whose one event is the callback: subscribe to the field of the same name with the feed’s id.'
      : undefined,
  )
}

/** As of an input, and the API's own name where GraphQL's differs. */
export function describeArgument(argument: ArgumentPlan): string {
  const { name, target } = argument
  const renamed = target.to === 'parameter' && target.name !== name
  return paragraphs(
    describeInput(argument),
    renamed ? `The ${target.in} parameter \`${target.name}\`.` : undefined,
  )
}

/** As of a schema, and the default unless it stands in the SDL. */
export function describeInput({ schema, shape, literal }: ValuePlan): string {
  return paragraphs(
    isUpload(shape) ? describeSchema(schema, 'A file, or base64.') : describeSchema(schema),
    schema.default === undefined || literal !== null ? undefined : `Default: ${defaultText(schema.default)}`,
  )
}

/** Title, description, what the text holds, and allowed values. */
export function describeSchema(schema: Schema, content = contentOf(schema)): string {
  const { title, description } = schema
  return paragraphs(title, description === title ? undefined : description, content, allowedOf(schema))
}

/** SDL of a description with its line break, or nothing. */
export function printDescription(text: string, indent = ''): string {
  if (text === '') return ''
  const value = clean(text)
  if (value === '') return ''
  const block = value.includes('\n') || value.length > 90
  const printed = print({ kind: Kind.STRING, value, block })
  return `${indent}${printed.replace(/\n(?!\n)/g, `\n${indent}`)}\n`
}

/** Says why in GraphQL's own words where the API gives no reason. */
export function printDeprecation(deprecated: boolean | undefined): string {
  return deprecated ? ' @deprecated(reason: "The API marks it as deprecated.")' : ''
}

function contentOf(schema: Schema): string | undefined {
  if (schema.type !== 'string') return undefined
  if (schema.format === 'byte' || schema.format === 'binary') return 'Base64.'
  return schema.format && schema.format !== 'date-time' ? `Format: ${schema.format}` : undefined
}

function allowedOf(schema: Schema): string | undefined {
  if (schema.type === 'array') return allowedOf(schema.items)
  if (!('enum' in schema) || !schema.enum || schema.enum.length === 0) return undefined
  const values = schema.enum
    .slice(0, shownValues)
    .map(({ value, title }) =>
      title === undefined || title === String(value) ? `\`${value}\`` : `\`${value}\` (${title})`,
    )
  const rest = schema.enum.length - values.length
  return `Allowed: ${values.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}

function defaultText(value: Json): string {
  const text = typeof value === 'string' ? value : printJson(value)
  return `\`${text}\``
}

function paragraphs(...parts: readonly (string | undefined)[]): string {
  return parts
    .map(part => part?.trim())
    .filter(part => part !== undefined && part !== '')
    .join('\n\n')
}

/** SDL holds Unicode scalar values only (https://spec.graphql.org/October2021/#SourceCharacter); APIs paste anything. */
function clean(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\n\t])\p{Cc}/gu, '')
    .replace(/[ \t]+$/gm, '')
    .trim()
}
