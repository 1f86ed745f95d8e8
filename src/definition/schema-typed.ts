// A schema that says its own type: a scalar with its format and enum, a list, an object with its members.

import { child, elements, isObject, members, type Node, present, record, text } from './node.ts'
import type { Schema } from './schema-model.ts'
import { declaredType, integerFormat, isBinary, stringFormat, type TypeName } from './schema-type.ts'
import { readEnum } from './schema-values.ts'

/**
 * `root`: a whole body, where binary means raw bytes. `form`: a form field, the same, and in the items of an array
 * too. `inner`: inside JSON, where bytes cannot stand (connector-format §2.4).
 */
export type Position = 'root' | 'form' | 'inner'

export const any: Schema = { type: 'any' }

/** The schema at the node, without what it refers to, joins or chooses from. */
export type TypedReader = (node: Node, position: Position, depth: number) => Schema

interface TypedContext {
  /** Reads a schema inside this one. */
  read(node: Node, position: Position, depth: number): Schema
  simplified(node: Node, message: string): void
  invalid(node: Node, message: string): void
}

export function createTypedReader({ read, simplified, invalid }: TypedContext): TypedReader {
  const readTyped: TypedReader = (node: Node, position: Position, depth: number): Schema => {
    if (isBinary(node))
      return position === 'inner' ? { type: 'string' } : { type: 'string', format: 'binary' }
    const { type, nullable, problem } = declaredType(node)
    if (problem !== undefined) (type === 'any' ? simplified : invalid)(node, problem)
    const schema = readType(node, type, position, depth)
    return nullable ? { ...schema, nullable } : schema
  }
  const readType = (node: Node, type: TypeName, position: Position, depth: number): Schema => {
    switch (type) {
      case 'any':
      case 'boolean':
        return { type }
      case 'string': {
        const base64 = text(child(node, 'contentEncoding'))?.toLowerCase() === 'base64'
        const format = base64 ? 'byte' : stringFormat(text(child(node, 'format')))
        return withEnum(node, present({ type, format }))
      }
      case 'integer':
        return withEnum(node, { type, format: integerFormat(node) })
      case 'number':
        return withEnum(node, { type })
      case 'array': {
        const items = child(node, 'items')
        if (Array.isArray(items.value) || elements(child(node, 'prefixItems')).length > 0) {
          simplified(node, 'A list whose elements differ by their place was read as a list of any JSON.')
          return { type, items: any }
        }
        const inner = position === 'form' ? 'form' : 'inner'
        return { type, items: isObject(items) ? read(items, inner, depth + 1) : any }
      }
      case 'object':
        return readObject(node, depth)
    }
  }
  const withEnum = (node: Node, schema: Schema & { type: 'string' | 'integer' | 'number' }): Schema => {
    const { values, nullable, misfits } = readEnum(node, schema)
    if (misfits.length > 0) invalid(node, `Enum values that are no ${schema.type} were left out.`)
    const listed = values.length === 0 ? schema : { ...schema, enum: values }
    return nullable ? { ...listed, nullable } : listed
  }
  const readObject = (node: Node, depth: number): Schema => {
    const declared = child(node, 'properties')
    if (declared.value !== undefined && !isObject(declared))
      invalid(declared, 'Properties that are no object were left out.')
    const properties = record(
      members(declared).map(([name, property]) => [name, read(property, 'inner', depth + 1)] as const),
    )
    const additional = readAdditional(node, properties, depth)
    if (additional !== null && Object.keys(properties).length > 0)
      simplified(node, 'Members beside the declared ones can be neither selected nor given.')
    return { type: 'object', properties, required: requiredNames(node, properties), additional }
  }
  const readAdditional = (
    node: Node,
    properties: Readonly<Record<string, Schema>>,
    depth: number,
  ): Schema | null => {
    const additional = child(node, 'additionalProperties')
    if (isObject(additional)) return read(additional, 'inner', depth + 1)
    const patterns = members(child(node, 'patternProperties'))
    const [pattern] = patterns
    if (pattern !== undefined) return patterns.length === 1 ? read(pattern[1], 'inner', depth + 1) : any
    // An object that names no members means "anything" (connector-format §2.4).
    return additional.value === true || Object.keys(properties).length === 0 ? any : null
  }

  return readTyped
}

/** The names in `required` that are declared, each once. */
export function requiredNames(node: Node, properties: Readonly<Record<string, Schema>>): readonly string[] {
  const names = elements(child(node, 'required')).map(({ value }) => value)
  return [...new Set(names.filter(name => typeof name === 'string'))].filter(name =>
    Object.hasOwn(properties, name),
  )
}
