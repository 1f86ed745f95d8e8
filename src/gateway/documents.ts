// Parsed documents of the WebSocket transport, cached with a bound. (Over HTTP, Apollo Server keeps its own.)
import { type DocumentNode, parse } from 'graphql'
import QuickLRU from 'quick-lru'
import { maxTokens } from './limits.ts'

const cachedDocuments = 500

/** Parses a document. Throws GraphQLError for a syntax error or too many tokens. */
export function createDocuments(): (source: string) => DocumentNode {
  const cache = new QuickLRU<string, DocumentNode>({ maxSize: cachedDocuments })
  return source => {
    const known = cache.get(source)
    if (known) return known
    const document = parse(source, { maxTokens })
    cache.set(source, document)
    return document
  }
}
