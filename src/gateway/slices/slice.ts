// A slice: an executable schema of the hub and only those connectors that an operation touches.
import {
  buildASTSchema,
  concatAST,
  type DocumentNode,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isScalarType,
  parse,
} from 'graphql'
import { type Artifact, type CompiledOperation, createMemberResolver, scalars } from '../../subgraph/index.ts'
import type { Entry } from '../catalogue/entry.ts'
import type { RequestContext } from '../context.ts'

export interface SliceOperation {
  readonly entry: Entry
  readonly operation: CompiledOperation
}

export interface Slice {
  /** Changes whenever anything the slice is made of changes. */
  readonly key: string
  readonly schema: GraphQLSchema
  /** Connector operations by root field. */
  readonly operations: ReadonlyMap<string, SliceOperation>
  /** Reads and fits the members of connector types. */
  readonly member: GraphQLFieldResolver<unknown, RequestContext>
}

export function sliceKey(base: string, entries: readonly Entry[]): string {
  return [base, ...entries.map(entry => `${entry.name}@${entry.artifact?.hash}`)].join(' ')
}

/** Builds a slice from the base document (the hub's SDL, or a subgraph's shared types) and compiled connectors. */
export function buildSlice(key: string, base: DocumentNode, entries: readonly Entry[]): Slice {
  const artifacts = entries.flatMap(entry => (entry.artifact ? [entry.artifact] : []))
  const documents = artifacts.map(artifact => parse(artifact.sdl, { noLocation: true }))
  const schema = buildASTSchema(concatAST([base, ...documents]), { assumeValidSDL: true })
  attachScalars(schema)
  const operations = new Map<string, SliceOperation>()
  for (const entry of entries)
    for (const operation of entry.artifact?.operations ?? [])
      operations.set(operation.field, { entry, operation })
  return { key, schema, operations, member: createMemberResolver(byName(artifacts)) }
}

function byName(artifacts: readonly Artifact[]): ReadonlyMap<string, Artifact> {
  return new Map(artifacts.map(artifact => [artifact.connector, artifact]))
}

/** A schema built from SDL has scalars without behaviour; they get the shared ones' here. */
function attachScalars(schema: GraphQLSchema): void {
  for (const behaviour of Object.values(scalars)) {
    const type = schema.getType(behaviour.name)
    if (!isScalarType(type)) continue
    type.serialize = behaviour.serialize
    type.parseValue = behaviour.parseValue
    type.parseLiteral = behaviour.parseLiteral
  }
}
