// What a subgraph tells a Federation 2 router: its own types with federation's directives, and copies of the shared
// types that they refer to. Whatever is composed is composed from this text, be it by `_service { sdl }` or by the
// command line (https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec).
import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  isTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  type TypeDefinitionNode,
  visit,
} from 'graphql'

/** The hub's own subgraph is called so; no connector can be (see catalogue/import.ts). */
export const hubSubgraph = 'hub'

/** Types that connectors refer to and that the hub's SDL owns; a subgraph carries copies of them. */
const sharedNames = new Set([
  'DateTime',
  'JSON',
  'BigInt',
  'Upload',
  'File',
  'Event',
  'StringFilter',
  'IntFilter',
  'FloatFilter',
  'BigIntFilter',
  'BooleanFilter',
  'DateTimeFilter',
])

const specification = 'https://specs.apollo.dev/federation/v2.3'
const link = parse(`extend schema @link(url: "${specification}", import: ["@key", "@shareable"])`)

/** The hub alone knows a feed; the others name it by its id, and a router asks the hub for the rest. */
const feedKey = objectType('type Feed @key(fields: "id")')
const feedStub = objectType('type Feed @key(fields: "id", resolvable: false) { id: ID! }')
const shareable = objectType('type File @shareable')

/** The shared types of the hub's SDL, as they are there. */
export function sharedTypesOf(hub: DocumentNode): readonly TypeDefinitionNode[] {
  return hub.definitions.filter(isTypeDefinitionNode).filter(type => sharedNames.has(type.name.value))
}

/** The SDL of a connector's subgraph, from the SDL of its artifact. */
export function connectorSubgraphSdl(hub: DocumentNode, artifactSdl: string): string {
  const own = parse(artifactSdl, { noLocation: true }).definitions.map(asDefinition)
  return printSubgraph(own, [...sharedTypesOf(hub), feedStub])
}

/** The SDL of the hub's own subgraph: feeds are entities of it. */
export function hubSubgraphSdl(hub: DocumentNode): string {
  const shared = new Set<DefinitionNode>(sharedTypesOf(hub))
  const own = hub.definitions
    .filter(definition => !shared.has(definition))
    .map(definition => (isFeed(definition) ? withDirectives(definition, feedKey) : definition))
  return printSubgraph(own, sharedTypesOf(hub))
}

function printSubgraph(own: readonly DefinitionNode[], shared: readonly TypeDefinitionNode[]): string {
  const copies = referredTo(own, shared).map(type =>
    type.kind === Kind.OBJECT_TYPE_DEFINITION && type !== feedStub ? withDirectives(type, shareable) : type,
  )
  return print({ kind: Kind.DOCUMENT, definitions: [...link.definitions, ...copies, ...own] })
}

/** Those of the shared types that the definitions refer to, by way of one another too. */
function referredTo(
  definitions: readonly DefinitionNode[],
  shared: readonly TypeDefinitionNode[],
): readonly TypeDefinitionNode[] {
  const found = new Set<TypeDefinitionNode>()
  const follow = (definition: DefinitionNode): void => {
    visit(definition, {
      NamedType({ name }) {
        const type = shared.find(candidate => candidate.name.value === name.value)
        if (!type || found.has(type)) return
        found.add(type)
        follow(type)
      },
    })
  }
  for (const definition of definitions) follow(definition)
  return shared.filter(type => found.has(type))
}

/** `extend type Query` becomes `type Query`: what routers compose. */
function asDefinition(definition: DefinitionNode): DefinitionNode {
  return definition.kind === Kind.OBJECT_TYPE_EXTENSION
    ? { ...definition, kind: Kind.OBJECT_TYPE_DEFINITION }
    : definition
}

function isFeed(definition: DefinitionNode): definition is ObjectTypeDefinitionNode {
  return definition.kind === Kind.OBJECT_TYPE_DEFINITION && definition.name.value === feedKey.name.value
}

function withDirectives(
  type: ObjectTypeDefinitionNode,
  { directives = [] }: { readonly directives?: readonly ConstDirectiveNode[] | undefined },
): ObjectTypeDefinitionNode {
  return { ...type, directives: [...(type.directives ?? []), ...directives] }
}

function objectType(sdl: string): ObjectTypeDefinitionNode {
  const [definition] = parse(sdl, { noLocation: true }).definitions
  if (definition?.kind === Kind.OBJECT_TYPE_DEFINITION) return definition
  throw new Error(`This is no object type: ${sdl}`)
}
