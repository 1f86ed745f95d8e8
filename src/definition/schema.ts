// A schema as a document has it → a normalised Schema. Named schemas stay references and are read once; everything
// else is written out, within bounds.
import { quoted } from './findings.ts'
import { child, elements, firstChild, isObject, keysOf, type Node, record, text } from './node.ts'
import type { OperationNames } from './operation-names.ts'
import { locate, type Reading, referenceAt } from './reading.ts'
import { createSchemaBudget } from './schema-budget.ts'
import { joinChoice } from './schema-choice.ts'
import { schemaWithDefault } from './schema-default.ts'
import { display, displayKeys } from './schema-display.ts'
import { aliasOf, createExtensions, structuralKeys } from './schema-extension.ts'
import { mergeSchemas } from './schema-merge.ts'
import type { Schema } from './schema-model.ts'
import { isBinary } from './schema-type.ts'
import { any, createTypedReader, type Position, requiredNames } from './schema-typed.ts'

export interface SchemaReader {
  read(node: Node, position: Position): Schema
  /** What a reference leads to; any other schema is itself. Never of type `ref`. */
  resolve(schema: Schema): Schema
  /** Every named schema that what was read so far needs, in the document's order. */
  named(): Readonly<Record<string, Schema>>
  /** Where the document has them. */
  readonly pointer: string
}

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

  const simplified = (node: Node, message: string) =>
    findings.info('SCHEMA_SIMPLIFIED', message, names.place(node))
  const invalid = (node: Node, message: string) =>
    findings.warning('SCHEMA_INVALID', message, names.place(node))
  const { spend, weight } = createSchemaBudget(bounds, findings)

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

  const readTyped = createTypedReader({
    read: (node, position, depth) => read(node, position, depth),
    simplified,
    invalid,
  })
  const withDefault = (node: Node, schema: Schema, depth: number): Schema =>
    schemaWithDefault(node, schema, {
      lookUp: name => readNamed(name, depth + 1),
      dropped: (declared, message) => findings.info('DEFAULT_DROPPED', message, names.place(declared)),
    })

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
