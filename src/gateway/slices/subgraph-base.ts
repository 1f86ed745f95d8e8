// What the executable schema of a subgraph (/graphql/<connector>, /graphql/hub) defines besides its own types: the
// shared types, and the fields that federation asks every subgraph for.
import { concatAST, type DocumentNode, Kind, parse } from 'graphql'
import type { CompiledOperation } from '../../subgraph/index.ts'
import { sharedTypesOf } from '../federation/subgraph-sdl.ts'

const feedReference = 'type Feed { id: ID! }'
const service = 'type _Service { sdl: String! }\nextend type Query { _service: _Service! }'
const entities =
  'scalar _Any\nunion _Entity = Feed\nextend type Query { _entities(representations: [_Any!]!): [_Entity]! }'

/** For a connector's subgraph; an extension of a root type counts only where that type is. */
export function connectorBase(hub: DocumentNode, operations: readonly CompiledOperation[]): DocumentNode {
  const answers = operations.some(({ result }) => result === 'feed') ? ['Subscription'] : []
  const roots = new Set(['Query', ...operations.map(({ root }) => root), ...answers])
  const types = [...roots].map(root => `type ${root}`)
  const own = parse([feedReference, service, ...types].join('\n'), { noLocation: true })
  return concatAST([{ kind: Kind.DOCUMENT, definitions: sharedTypesOf(hub) }, own])
}

/** For the hub's own subgraph, which resolves feeds for the others. */
export function hubBase(hub: DocumentNode): DocumentNode {
  return concatAST([hub, parse(`${service}\n${entities}`, { noLocation: true })])
}
