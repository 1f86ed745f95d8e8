// What of an error a caller sees: JunctorErrors as they were written, GraphQL's own errors as they are, and of
// anything else only that it happened. The operator's log has the rest.
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { isJunctorError } from '../errors.ts'
import { unanswered } from '../store/index.ts'
import type { Logger } from '../telemetry/index.ts'

/** Gives a thrown value the shape it has in a GraphQL response. Unexpected errors are logged and masked. */
export function createErrorPresenter(logger: Logger) {
  /** Where RequestContext.signal aborted, nobody reads the answer, and nothing failed. */
  function report(error: unknown, located: GraphQLError | undefined): void {
    if (error instanceof Error && error.name === 'AbortError') return
    logger.error({ error, path: located?.path }, 'A field failed unexpectedly.')
  }

  return function present(error: unknown): GraphQLError {
    if (error instanceof GraphQLError && error.originalError === undefined) return error
    const located = error instanceof GraphQLError ? error : undefined
    const thrown = located?.originalError ?? error
    const original = unanswered(thrown) ?? thrown
    const place = located ? placeOf(located) : {}
    // Around what a scalar says, graphql-js says of which variable.
    if (original instanceof GraphQLError)
      return located
        ? new GraphQLError(located.message, { ...place, extensions: located.extensions })
        : original
    if (isJunctorError(original)) {
      if (original.cause !== undefined)
        logger.warn({ error: original, cause: original.cause }, original.message)
      return new GraphQLError(original.message, {
        ...place,
        extensions: { code: original.code, ...original.details },
      })
    }
    report(original, located)
    return new GraphQLError('Something in the hub failed unexpectedly; its log says what.', {
      ...place,
      extensions: { code: 'INTERNAL' },
    })
  }
}

/** The error with a code, where it has none of its own. */
export function coded(error: GraphQLError, code: string): GraphQLError {
  if (error.extensions.code !== undefined) return error
  return new GraphQLError(error.message, {
    ...placeOf(error),
    extensions: { ...error.extensions, code },
  })
}

function placeOf({ nodes, source, positions, path }: GraphQLError) {
  return {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
  }
}

export type ErrorPresenter = ReturnType<typeof createErrorPresenter>

/** The JSON form, with `extensions` always there. */
export function formatError(error: GraphQLError): GraphQLFormattedError {
  const json = error.toJSON()
  return { ...json, extensions: { code: 'BAD_INPUT', ...json.extensions } }
}
