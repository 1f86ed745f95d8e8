// Parsed documents, cached with a bound: a parsed one takes far more memory than its text.
import { type DocumentNode, parse } from 'graphql'
import { maxTokens } from './limits.ts'
import { createWeightedCache, type WeightedCache } from './weighted-cache.ts'

/** Characters of the documents kept: a parsed one, with its places, takes up to 170 bytes for each. */
const cachedCharacters = 300_000

function createCache(): WeightedCache<DocumentNode> {
  return createWeightedCache({
    most: cachedCharacters,
    weigh: ({ loc }) => loc?.source.body.length ?? cachedCharacters,
  })
}

/** Parses a document. Throws GraphQLError for a syntax error or too many tokens. */
export function createDocuments(): (source: string) => DocumentNode {
  const cache = createCache()
  return source => {
    const known = cache.get(source)
    if (known) return known
    const document = parse(source, { maxTokens })
    cache.set(source, document)
    return document
  }
}

/** The documents that Apollo Server parses, where it wants to keep them: its own store weighs by the JSON of a tree. */
export function createDocumentStore() {
  const cache = createCache()
  const byText = createCache()
  return {
    get: async (key: string) => cache.get(key),
    async set(key: string, document: DocumentNode) {
      cache.set(key, document)
      const text = document.loc?.source.body
      if (text !== undefined) byText.set(text, document)
    },
    delete: async (key: string) => cache.delete(key),
    /** For whoever has the text and not what Apollo makes of it. */
    find: (text: string) => byText.get(text),
  }
}

export type DocumentStore = ReturnType<typeof createDocumentStore>
