// The last look at an artifact: one invalid schema would take introspection away from every connector.
import { buildASTSchema, concatAST, parse, validate, validateSchema } from 'graphql'
import type { Artifact } from './artifact.ts'
import { sharedTypes } from './shared-types.ts'

/** The first fault of the SDL or an example as a sentence's tail; null where there is none. */
export function checkSubgraph(artifact: Artifact): string | null {
  try {
    const document = concatAST([parse(sharedTypes), parse(artifact.sdl, { noLocation: true })])
    const schema = buildASTSchema(document)
    const [fault] = validateSchema(schema)
    if (fault) return fault.message
    for (const { example, field } of artifact.operations) {
      const [wrong] = validate(schema, parse(example))
      if (wrong) return `${wrong.message} (the example of ${field})`
    }
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
