// Compiles a definition and puts it where it belongs: beside the types that every slice has.
import { buildASTSchema, concatAST, type GraphQLSchema, isScalarType, Kind, parse, printType } from 'graphql'
import type { ConnectorDefinition, Diagnostic } from '../../src/definition/index.ts'
import { sharedTypesOf } from '../../src/gateway/federation/subgraph-sdl.ts'
import { readHubSdl } from '../../src/gateway/index.ts'
import { type Artifact, type CompiledOperation, compileConnector, scalars } from '../../src/subgraph/index.ts'

const hub = parse(readHubSdl(), { noLocation: true })
const shared = concatAST([
  { kind: Kind.DOCUMENT, definitions: sharedTypesOf(hub) },
  parse(`
    type Feed { id: ID! kind: String }
    type Query { viewer: String }
    type Mutation { touch: String }
    type Subscription { ticks: String }
  `),
])

export interface Compiled {
  readonly artifact: Artifact
  readonly diagnostics: readonly Diagnostic[]
  readonly schema: GraphQLSchema
  /** A root field as SDL, descriptions left out, on one line. */
  field(name: string): string
  /** A type as SDL, descriptions left out, on one line. */
  type(name: string): string
  operation(id: string): CompiledOperation
}

export async function compiled(definition: ConnectorDefinition): Promise<Compiled> {
  const { artifact, diagnostics } = await compileConnector(definition)
  const schema = sliceOf(artifact)
  const type = (name: string): string => {
    const found = schema.getType(name)
    return found ? oneLine(printType(found)) : `no type ${name}`
  }
  return {
    artifact,
    diagnostics,
    schema,
    type,
    field(name) {
      const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
      const root = roots.find(candidate => candidate?.getFields()[name])
      if (!root) return `no field ${name}`
      const field = root.getFields()[name]!
      const args = field.args.map(({ name, type }) => `${name}: ${type}`).join(', ')
      return `${root.name}.${name}(${args}): ${field.type}`
    },
    operation: id => artifact.operations.find(({ operationId }) => operationId === id)!,
  }
}

/** An executable schema of the shared types and one artifact. Throws where the SDL is not valid. */
export function sliceOf(artifact: Artifact): GraphQLSchema {
  const schema = buildASTSchema(concatAST([shared, parse(artifact.sdl)]))
  for (const behaviour of Object.values(scalars)) {
    const type = schema.getType(behaviour.name)
    if (!isScalarType(type)) continue
    type.serialize = behaviour.serialize
    type.parseValue = behaviour.parseValue
    type.parseLiteral = behaviour.parseLiteral
  }
  return schema
}

function oneLine(sdl: string): string {
  return sdl
    .replace(/"""[\s\S]*?"""|^\s*"[^"]*"$/gm, '')
    .replace(/\s+/g, ' ')
    .trim()
}
