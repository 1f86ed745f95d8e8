// Parsed documents of the WebSocket transport, cached with a bound. (Over HTTP, Apollo Server keeps its own.)
import { type DocumentNode, parse } from 'graphql'
import { maxTokens } from './limits.ts'
import { createWeightedCache } from './weighted-cache.ts'

/** Characters of the documents kept: a parsed one, with its places, takes up to 170 bytes for each. */
const cachedCharacters = 300_000

/** Parses a document. Throws GraphQLError for a syntax error or too many tokens. */
export function createDocuments(): (source: string) => DocumentNode {
  const cache = createWeightedCache<{ readonly document: DocumentNode; readonly characters: number }>({
    most: cachedCharacters,
    weigh: ({ characters }) => characters,
  })
  return source => {
    const known = cache.get(source)
    if (known) return known.document
    const document = parse(source, { maxTokens })
    cache.set(source, { document, characters: source.length })
    return document
  }
}
