// A schema as a document has it → a normalised Schema. Named schemas stay references and are read once; everything
// else is written out, within bounds.
import type { Json } from '../json.ts'
import { quoted } from './findings.ts'
import type { Schema } from './model.ts'
import {
  child,
  elements,
  firstChild,
  isObject,
  keysOf,
  members,
  type Node,
  present,
  record,
  text,
} from './node.ts'
import type { OperationNames } from './operation-names.ts'
import { locate, type Reading, referenceAt } from './reading.ts'
import { joinChoice } from './schema-choice.ts'
import { display, displayKeys } from './schema-display.ts'
import { aliasOf, createExtensions, structuralKeys } from './schema-extension.ts'
import { mergeSchemas } from './schema-merge.ts'
import { declaredType, integerFormat, isBinary, stringFormat, type TypeName } from './schema-type.ts'
import { allows, fitting, readEnum } from './schema-values.ts'

/**
 * `root`: a whole body, where binary means raw bytes. `form`: a form field, the same, and in the items of an array
 * too. `inner`: inside JSON, where bytes cannot stand (connector-format §2.4).
 */
type Position = 'root' | 'form' | 'inner'

export interface SchemaReader {
  read(node: Node, position: Position): Schema
  /** What a reference leads to; any other schema is itself. Never of type `ref`. */
  resolve(schema: Schema): Schema
  /** Every named schema that what was read so far needs, in the document's order. */
  named(): Readonly<Record<string, Schema>>
  /** Where the document has them. */
  readonly pointer: string
}

const any: Schema = { type: 'any' }

export function createSchemaReader(reading: Reading, names: OperationNames): SchemaReader {
  const { document, findings, bounds, dialect } = reading
  const container = dialect === 'swagger-2.0' ? ['definitions'] : ['components', 'schemas']
  const home = container.reduce((node: Node, key) => child(node, key), document)
  const extensions = createExtensions(home, container)
  const done = new Map<string, Schema>()
  /** Bases without what extends them. */
  const alone = new Map<string, Schema>()
  const wanted = new Set<string>()
  /** Pointers and names whose reading has begun: meeting one again is a cycle. */
  const active = new Set<string>()
  const weights = new WeakMap<Schema, number>()
  let left = bounds.schemas

  const simplified = (node: Node, message: string) =>
    findings.info('SCHEMA_SIMPLIFIED', message, names.place(node))
  const invalid = (node: Node, message: string) =>
    findings.warning('SCHEMA_INVALID', message, names.place(node))

  /** Counts schemas that are written out; false when the definition has had enough of them. */
  const spend = (count: number) => {
    left -= count
    if (left >= 0) return true
    findings.warning(
      'SCHEMA_SIMPLIFIED',
      `The document has more than ${bounds.schemas} schemas; the rest were read as any JSON.`,
    )
    return false
  }
  const weight = (schema: Schema): number => {
    const known = weights.get(schema)
    if (known !== undefined) return known
    const inner =
      schema.type === 'object'
        ? [...Object.values(schema.properties), ...(schema.additional === null ? [] : [schema.additional])]
        : schema.type === 'array'
          ? [schema.items]
          : []
    const total = inner.reduce((sum, each) => sum + weight(each), 1)
    weights.set(schema, total)
    return total
  }

  const readNamed = (name: string, depth: number): Schema | undefined => {
    const known = done.get(name)
    if (known !== undefined) return known
    if (active.has(name)) return undefined
    active.add(name)
    const schema = withExtensions(name, read(child(home, name), 'root', depth), depth)
    active.delete(name)
    done.set(name, schema)
    return schema
  }
  /** A base stands for any of its extensions: it has the members of all. */
  const withExtensions = (name: string, schema: Schema, depth: number): Schema => {
    if (schema.type !== 'object' || !extensions.isBase(name) || !spend(1)) return schema
    // What is being read already has this base somewhere within.
    const others = extensions.of(name).filter(each => !active.has(each))
    if (others.length === 0 || !spend(others.length)) return schema
    const joined = joinChoice(
      [schema, ...others.map((ref): Schema => ({ type: 'ref', ref }))],
      writeOut(depth),
    )
    const outcome =
      joined?.type === 'object'
        ? 'with the members of all'
        : 'without what extends it: one of them has any members'
    simplified(child(home, name), `A base and the schemas that extend it were read as one ${outcome}.`)
    return joined?.type === 'object' ? { ...schema, ...joined } : schema
  }
  const readAlone = (name: string, depth: number): Schema | undefined => {
    const known = alone.get(name)
    if (known !== undefined) return known
    const key = `alone ${name}`
    if (active.has(key)) return undefined
    active.add(key)
    const node = child(home, name)
    const isJoin = elements(child(node, 'allOf')).length > 0
    const schema = isJoin ? readAll(node, 'inner', depth) : readTyped(node, 'inner', depth)
    active.delete(key)
    alone.set(name, schema)
    return schema
  }
  const resolveAt = (schema: Schema, depth: number): Schema => {
    let current: Schema | undefined = schema
    for (let hops = 0; hops < bounds.schemaDepth && current?.type === 'ref'; hops++) {
      current = readNamed(current.ref, depth + 1)
    }
    return current === undefined || current.type === 'ref' ? any : current
  }
  const writeOut = (depth: number) => ({ resolve: (schema: Schema) => resolveAt(schema, depth), spend })
  const lookUp = (depth: number) => (name: string) => readNamed(name, depth + 1)

  const read = (node: Node, position: Position, depth: number): Schema => {
    if (!spend(1)) return any
    if (depth > bounds.schemaDepth) {
      simplified(
        node,
        `Schemas nest deeper than ${bounds.schemaDepth} levels; the rest was read as any JSON.`,
      )
      return any
    }
    if (!isObject(node)) {
      if (node.value !== undefined && typeof node.value !== 'boolean') {
        invalid(node, 'A schema that is no object was read as any JSON.')
      }
      return any
    }
    const reference = referenceAt(node)
    if (reference !== undefined) return readReference(node, reference, position, depth)
    const overlay = display(reading, names, node)
    const only = aliasOf(node)
    const schema =
      only !== undefined
        ? read(only, position, depth + 1)
        : elements(child(node, 'allOf')).length > 0
          ? readAll(node, position, depth)
          : (readChoice(node, position, depth) ?? readTyped(node, position, depth))
    return withDefault(node, { ...schema, ...overlay }, depth)
  }

  const readReference = (node: Node, reference: string, position: Position, depth: number): Schema => {
    const target = locate(document, reference)
    if (target?.value === undefined) {
      const message = `Nothing in the document answers to ${quoted(reference)}.`
      findings.warning('REFERENCE_UNRESOLVED', message, names.place(node))
      return any
    }
    const ignored = keysOf(node).filter(
      key => key !== '$ref' && !displayKeys.has(key) && !key.startsWith('x-'),
    )
    if (ignored.length > 0) {
      const message = `Beside a $ref, ${ignored.map(quoted).join(', ')} has no effect.`
      findings.info('REFERENCE_SIBLINGS', message, names.place(node))
    }
    const overlay = display(reading, names, node)
    return withDefault(node, { ...readTarget(target, reference, position, depth), ...overlay }, depth)
  }
  const readTarget = (target: Node, reference: string, position: Position, depth: number): Schema => {
    const name = extensions.nameOf(reference)
    if (name !== undefined && !isBinary(target)) {
      wanted.add(name)
      return { type: 'ref', ref: name }
    }
    if (active.has(target.pointer)) {
      simplified(target, 'A schema that contains itself under no name was read as any JSON.')
      return any
    }
    active.add(target.pointer)
    const schema = read(target, position, depth + 1)
    active.delete(target.pointer)
    return schema
  }

  const readAll = (node: Node, position: Position, depth: number): Schema => {
    const parts = elements(child(node, 'allOf')).map(part => read(part, position, depth + 1))
    const own = readChoice(node, position, depth) ?? readTyped(node, position, depth)
    const stated = keysOf(node).some(key => structuralKeys.has(key))
    const resolved = [...parts.map(part => resolvePart(node, part, depth)), ...(stated ? [own] : [])]
    if (!spend(resolved.reduce((sum, part) => sum + weight(part), 0))) return any
    const schema = merged(node, resolved, depth)
    if (schema.type !== 'object') return schema
    // A part may demand members that another part declares.
    const demanded = [node, ...elements(child(node, 'allOf'))].flatMap(part =>
      requiredNames(part, schema.properties),
    )
    return { ...schema, required: [...new Set([...schema.required, ...demanded])] }
  }
  const merged = (node: Node, schemas: readonly Schema[], depth: number): Schema => {
    const { schema, conflicts } = mergeSchemas(schemas, writeOut(depth))
    for (const conflict of conflicts) simplified(node, conflict)
    return schema
  }
  const resolvePart = (node: Node, part: Schema, depth: number): Schema => {
    if (part.type !== 'ref') return part
    const name = extensions.meantBy(part.ref)
    const base = child(home, name)
    // What extends a base that stands for its extensions has the base's own members, not its siblings'.
    const declared = isObject(child(base, 'properties')) && isObject(child(base, 'discriminator'))
    if (declared && elements(firstChild(base, 'oneOf', 'anyOf')).length > 0)
      return readTyped(base, 'inner', depth + 1)
    const isBase = extensions.isBase(name)
    const own = isBase ? readAlone(name, depth + 1) : undefined
    if (own !== undefined) return own
    if (isBase || active.has(part.ref))
      simplified(node, `The schema ${quoted(part.ref)} extends itself; that part was left out.`)
    return isBase ? any : resolveAt(part, depth)
  }

  const readChoice = (node: Node, position: Position, depth: number): Schema | undefined => {
    const listed = elements(firstChild(node, 'oneOf', 'anyOf'))
    // Choices that only demand members (`anyOf: [{required: [a]}, …]`) say nothing about the type.
    const choices = listed.filter(choice => keysOf(choice).some(key => key !== 'required'))
    if (choices.length === 0) return undefined
    const real = choices.filter(choice => text(child(choice, 'type')) !== 'null')
    const nullable = real.length < choices.length ? { nullable: true } : {}
    const own = isObject(child(node, 'properties')) ? readTyped(node, position, depth) : undefined
    const schemas = real.map(choice => read(choice, position, depth + 1))
    const [single, ...others] = schemas
    if (single !== undefined && others.length === 0 && own === undefined) return { ...single, ...nullable }
    const joined = joinChoice(schemas, writeOut(depth))
    if (joined === undefined) {
      const rest = own === undefined ? 'any JSON' : 'the members beside it'
      simplified(node, `A choice of several schemas was read as ${rest}.`)
      return { ...(own ?? any), ...nullable }
    }
    if (joined.type === 'object')
      simplified(node, 'A choice of several objects was read as one with the members of all.')
    return { ...(own === undefined ? joined : merged(node, [own, joined], depth)), ...nullable }
  }

  const readTyped = (node: Node, position: Position, depth: number): Schema => {
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

  const withDefault = (node: Node, schema: Schema, depth: number): Schema => {
    const declared = child(node, 'default')
    if (declared.value === undefined || declared.value === null) return schema
    const value: Json | undefined = fitting(schema, declared.value, lookUp(depth))
    if (value === undefined) {
      findings.info(
        'DEFAULT_DROPPED',
        `The default does not fit the type ${schema.type}.`,
        names.place(declared),
      )
      return schema
    }
    if (allows(schema, value, lookUp(depth))) return { ...schema, default: value }
    if (schema.visibility === 'internal' && 'enum' in schema) {
      // Nobody chooses an internal value: what is sent is the default, listed or not.
      const { enum: _, ...free } = schema
      return { ...free, default: value }
    }
    findings.info('DEFAULT_DROPPED', 'The default is none of the listed values.', names.place(declared))
    return schema
  }

  const named = () => {
    for (const name of wanted) readNamed(name, 0)
    const order = keysOf(home).filter(name => done.has(name))
    const all = record(order.map(name => [name, done.get(name) ?? any] as const))
    for (const name of order) {
      if (!endsSomewhere(all, name)) {
        simplified(
          child(home, name),
          `The schema ${quoted(name)} is nothing but itself and was read as any JSON.`,
        )
        all[name] = any
      }
    }
    return all
  }

  return {
    read: (node, position) => read(node, position, 0),
    resolve: schema => resolveAt(schema, 0),
    named,
    pointer: home.pointer,
  }
}

/** The names in `required` that are declared, each once. */
function requiredNames(node: Node, properties: Readonly<Record<string, Schema>>): readonly string[] {
  const names = elements(child(node, 'required')).map(({ value }) => value)
  return [...new Set(names.filter(name => typeof name === 'string'))].filter(name =>
    Object.hasOwn(properties, name),
  )
}

/** False for a name that is only references and lists of itself: no value and no GraphQL type could ever match. */
function endsSomewhere(schemas: Readonly<Record<string, Schema>>, name: string): boolean {
  const seen = new Set<string>()
  let current: Schema | undefined = schemas[name]
  while (current?.type === 'ref' || current?.type === 'array') {
    if (current.type === 'array') current = current.items
    else if (seen.has(current.ref)) return false
    else {
      seen.add(current.ref)
      current = schemas[current.ref]
    }
  }
  return true
}
