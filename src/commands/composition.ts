// Subgraphs → one supergraph, or sentences that say which connector stands in the way.
import type { DocumentNode, GraphQLError } from 'graphql'

export interface Subgraph {
  readonly name: string
  /** Where routers send its operations. */
  readonly url: string
  readonly typeDefs: DocumentNode
}

export type Composition = { readonly supergraph: string } | { readonly faults: readonly string[] }

/** Composes as Federation 2 says. The order of the subgraphs is the order of what is printed. */
export async function composeSupergraph(subgraphs: readonly Subgraph[]): Promise<Composition> {
  // Loaded when it is needed: serving the hub composes nothing.
  const { composeServices } = await import('@theguild/federation-composition')
  const composed = composeServices([...subgraphs])
  return composed.errors
    ? { faults: composed.errors.map(sentence) }
    : { supergraph: `${composed.supergraphSdl.trim()}\n` }
}

/** The library begins a message with the subgraph's name in brackets where one alone is at fault. */
function sentence({ message, extensions }: GraphQLError): string {
  const [, name, text = message] = /^\[([\w-]+)\] (.*)$/s.exec(message) ?? []
  const subject = name === undefined ? 'The connectors' : `The connector "${name}"`
  const code = typeof extensions.code === 'string' ? ` (${extensions.code})` : ''
  return `${subject} cannot be composed${code}: ${text.trim().replace(/\.$/, '')}.`
}
