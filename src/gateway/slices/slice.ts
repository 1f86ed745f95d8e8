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
import {
  type CompiledOperation,
  createMemberResolver,
  scalars,
  type WireNames,
  wireNamesOf,
} from '../../subgraph/index.ts'
import type { LoadedConnector } from '../catalogue/catalogue.ts'
import { identityOf } from '../catalogue/installed.ts'
import type { RequestContext } from '../context.ts'

export interface SliceOperation {
  readonly connector: LoadedConnector
  readonly operation: CompiledOperation
}

export interface Slice {
  /** Changes whenever anything the slice is made of changes. */
  readonly key: string
  readonly schema: GraphQLSchema
  readonly connectors: readonly LoadedConnector[]
  /** Connector operations by root field. */
  readonly operations: ReadonlyMap<string, SliceOperation>
  /** What a member of a connector's type is called on the wire; null for the hub's own types. */
  readonly wireName: WireNames
  /** Reads and fits the members of connector types. */
  readonly member: GraphQLFieldResolver<unknown, RequestContext>
}

export function sliceKey(base: string, connectors: readonly LoadedConnector[]): string {
  return [base, ...connectors.map(keyOf)].join(' ')
}

/** Of two imports of one document, each has its own. */
function keyOf({ entry, artifact }: LoadedConnector): string {
  const { connector, importId } = identityOf(entry)
  return `${connector}@${artifact?.hash}${importId === null ? '' : `#${importId}`}`
}

/** Builds a slice from the base document (the hub's SDL, or a subgraph's shared types) and compiled connectors. */
export function buildSlice(key: string, base: DocumentNode, connectors: readonly LoadedConnector[]): Slice {
  const artifacts = connectors.flatMap(connector => connector.artifact ?? [])
  const documents = artifacts.map(artifact => parse(artifact.sdl, { noLocation: true }))
  const schema = buildASTSchema(concatAST([base, ...documents]), { assumeValidSDL: true })
  attachScalars(schema)
  const operations = new Map<string, SliceOperation>()
  for (const connector of connectors)
    for (const operation of connector.artifact?.operations ?? [])
      operations.set(operation.field, { connector, operation })
  const wireName = wireNamesOf(new Map(artifacts.map(artifact => [artifact.connector, artifact])))
  return { key, schema, connectors, operations, wireName, member: createMemberResolver(wireName) }
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
