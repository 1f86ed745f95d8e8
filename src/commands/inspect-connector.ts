// One compiled connector, held against what the hub promises of every one: each operation is one root field, a
// trigger is typed as its document types it, and the schema validates, prints, parses again and answers introspection.
import { buildSchema, getIntrospectionQuery, graphqlSync, parse, printSchema, validate } from 'graphql'
import type { ConnectorDefinition, Diagnostic, OperationDefinition, Schema } from '../definition/index.ts'
import { type Compiled, type Status, statusOf } from '../gateway/index.ts'
import { type Artifact, aloneSchema, type CompiledOperation } from '../subgraph/index.ts'

export interface Inspection {
  readonly name: string
  readonly status: Status
  /** Of the document: also those that cannot be called and so have no field. */
  readonly operations: number
  /** Operations that have exactly one root field, and that field is theirs alone. */
  readonly mapped: number
  readonly fields: number
  /** Object and input types. */
  readonly types: number
  /** Operations that report events; each must be a Subscription field. */
  readonly triggers: number
  /** Those whose document says what an event holds. */
  readonly documentedTriggers: number
  /** Those of them whose field says so too. */
  readonly typedTriggers: number
  readonly schemaValid: boolean
  readonly introspectionAnswered: boolean
  /** Sentences, one for each promise that is not kept. */
  readonly faults: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

export function inspectConnector(name: string, compiled: Compiled): Inspection {
  const { definition, artifact, diagnostics } = compiled
  const operations = definition?.operations ?? []
  const skipped = definition?.skipped ?? []
  const fieldOf = fieldsByOperation(artifact)
  const triggers = operations.filter(isTrigger)
  const documented = triggers.filter(({ event }) => definition && saysSomething(event, definition.schemas))
  const typed = documented.filter(({ id }) => isTyped(artifact, fieldOf.get(id)))
  const unmapped = artifact ? operations.filter(operation => !isMapped(operation, fieldOf)) : []
  const looked = artifact
    ? lookAt(artifact)
    : { schemaValid: false, introspectionAnswered: false, faults: [] }
  return {
    name,
    status: statusOf(compiled),
    operations: operations.length + skipped.length,
    mapped: artifact ? operations.length - unmapped.length : 0,
    fields: artifact?.operations.length ?? 0,
    types: artifact ? typesOf(artifact.sdl).length : 0,
    triggers: triggers.length,
    documentedTriggers: documented.length,
    typedTriggers: typed.length,
    ...looked,
    faults: [
      ...skipped.map(id => `The operation ${id} cannot be called and has no root field.`),
      ...unmapped.map(({ id }) => `The operation ${id} has no root field of its own and of its kind.`),
      ...documented
        .filter(trigger => artifact && !typed.includes(trigger))
        .map(({ id }) => `The events of ${id} are documented and not typed.`),
      ...looked.faults,
    ],
    diagnostics,
  }
}

function isTrigger({ role }: OperationDefinition): boolean {
  return role.role === 'polling' || (role.role === 'webhook' && !role.once)
}

/** Fields by operationId; null where two operations share a field, or one has two. */
function fieldsByOperation(artifact: Artifact | null): ReadonlyMap<string, CompiledOperation | null> {
  const byId = new Map<string, CompiledOperation | null>()
  const owner = new Map<string, string>()
  for (const operation of artifact?.operations ?? []) {
    const { field, operationId } = operation
    const other = owner.get(field)
    byId.set(operationId, byId.has(operationId) || other !== undefined ? null : operation)
    if (other !== undefined) byId.set(other, null)
    owner.set(field, operationId)
  }
  return byId
}

function isMapped(
  operation: OperationDefinition,
  fieldOf: ReadonlyMap<string, CompiledOperation | null>,
): boolean {
  const field = fieldOf.get(operation.id)
  return field != null && (field.root === 'Subscription') === isTrigger(operation)
}

/** False for what means "anything": no schema, or an object that names no members (connector-format §2.4). */
function saysSomething(
  schema: Schema | null,
  schemas: ConnectorDefinition['schemas'],
  entered: readonly string[] = [],
): boolean {
  if (schema === null || schema.dynamicSchema) return false
  switch (schema.type) {
    case 'any':
      return false
    case 'ref':
      if (entered.includes(schema.ref)) return false
      return saysSomething(schemas[schema.ref] ?? null, schemas, [...entered, schema.ref])
    case 'array':
      return saysSomething(schema.items, schemas, entered)
    case 'object':
      return Object.values(schema.properties).some(({ writeOnly }) => !writeOnly)
    default:
      return true
  }
}

function isTyped(artifact: Artifact | null, field: CompiledOperation | null | undefined): boolean {
  if (!artifact || !field) return false
  const event = new RegExp(`^  ${field.field}\\([^]*?^  \\): (\\w+)!`, 'm').exec(artifact.sdl)?.[1]
  const data = new RegExp(`^type ${event} implements Event \\{[^}]*^  data: (\\S+)`, 'm').exec(
    artifact.sdl,
  )?.[1]
  return data !== undefined && !data.replace(/\W/g, '').startsWith('JSON')
}

function lookAt(artifact: Artifact): Pick<Inspection, 'schemaValid' | 'introspectionAnswered' | 'faults'> {
  try {
    const schema = aloneSchema(artifact.sdl)
    const printed = printSchema(schema)
    const stable = printSchema(buildSchema(printed)) === printed
    const { errors = [] } = graphqlSync({ schema, source: getIntrospectionQuery() })
    const examples = artifact.operations.flatMap(({ example }) => validate(schema, parse(example)))
    return {
      schemaValid: true,
      introspectionAnswered: errors.length === 0,
      faults: [
        ...(stable ? [] : ['The schema is another one after printing and parsing it.']),
        ...[...errors, ...examples].map(({ message }) => message),
        ...orphans(artifact.sdl),
      ],
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { schemaValid: false, introspectionAnswered: false, faults: [`The schema is invalid: ${message}`] }
  }
}

function typesOf(sdl: string): readonly string[] {
  return [...sdl.matchAll(/^(?:type|input) (\w+)/gm)].map(([, type = '']) => type)
}

/** Types that nothing is of: compiling lost what they were for. */
function orphans(sdl: string): readonly string[] {
  const used = new Set([...sdl.matchAll(/: \[*(\w+)/g)].map(([, type]) => type))
  return typesOf(sdl)
    .filter(type => !used.has(type))
    .map(type => `Nothing is of the type ${type}.`)
}
