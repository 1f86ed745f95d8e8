// The last look at an artifact: one invalid schema would take introspection away from every connector.
import { buildASTSchema, concatAST, type GraphQLSchema, isScalarType, parse, validateSchema } from 'graphql'
import { scalars } from './runtime/scalars.ts'
import { sharedTypes } from './shared-types.ts'

/** The first fault of an artifact's SDL as a sentence's tail; null where there is none. */
export function checkSubgraph(sdl: string): string | null {
  try {
    return validateSchema(aloneSchema(sdl))[0]?.message ?? null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** An artifact's SDL as a schema of its own, with stand-ins for what every slice has. Throws where it is invalid. */
export function aloneSchema(sdl: string): GraphQLSchema {
  const schema = buildASTSchema(concatAST([parse(sharedTypes), parse(sdl, { noLocation: true })]))
  for (const { name, serialize, parseValue, parseLiteral } of Object.values(scalars)) {
    const type = schema.getType(name)
    if (isScalarType(type)) Object.assign(type, { serialize, parseValue, parseLiteral })
  }
  return schema
}
