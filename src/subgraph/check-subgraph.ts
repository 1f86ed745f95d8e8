// The last look at an artifact: one invalid schema would take introspection away from every connector.
import { buildASTSchema, concatAST, parse, validateSchema } from 'graphql'
import { sharedTypes } from './shared-types.ts'

/** The first fault of an artifact's SDL as a sentence's tail; null where there is none. */
export function checkSubgraph(sdl: string): string | null {
  try {
    const schema = buildASTSchema(concatAST([parse(sharedTypes), parse(sdl, { noLocation: true })]))
    return validateSchema(schema)[0]?.message ?? null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
