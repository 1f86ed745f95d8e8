// Apollo Server in front of the executor: HTTP semantics, parsing, CSRF prevention; slices behind its gateway seam.
import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import type { GatewayInterface } from '@apollo/server-gateway-interface'
import { buildSchema, type GraphQLError } from 'graphql'
import { printJson } from '../../json.ts'
import type { Logger, Metrics } from '../../telemetry/index.ts'
import type { RequestContext } from '../context.ts'
import { formatError } from '../errors.ts'
import type { Executor } from '../execute.ts'
import { maxTokens } from '../limits.ts'

interface Options {
  readonly hubSdl: string
  readonly executor: Executor
  readonly logger: Logger
  readonly metrics: Metrics
}

/**
 * The schema that Apollo itself holds is the hub's; what a document may name is decided by its slice, so Apollo's own
 * validation is off and the executor validates (execute.ts).
 */
export function createApollo({ hubSdl, executor, logger, metrics }: Options): ApolloServer<RequestContext> {
  const gateway: GatewayInterface = {
    async load() {
      return {
        executor: async request => {
          const result = await executor.query({
            document: request.document,
            operationName: request.request.operationName ?? undefined,
            variables: request.request.variables,
            context: request.context as RequestContext,
          })
          const outcome = result.errors ? 'error' : 'ok'
          metrics.graphqlOperations.inc({ type: request.operation.operation, outcome })
          return { data: result.data ?? null, ...(result.errors ? { errors: result.errors } : {}) }
        },
      }
    },
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: buildSchema(hubSdl, { assumeValidSDL: true }), coreSupergraphSdl: '' })
      return () => undefined
    },
    stop: async () => undefined,
  }
  return new ApolloServer<RequestContext>({
    gateway,
    dangerouslyDisableValidation: true,
    parseOptions: { maxTokens },
    csrfPrevention: true,
    // Two resolvers of one request may fail alike; the stack is for the log alone.
    includeStacktraceInErrorResponses: false,
    stringifyResult: result => printJson(result),
    formatError: (formatted, error) => ({
      ...formatError(error as GraphQLError),
      ...(formatted.extensions ? { extensions: formatted.extensions } : {}),
    }),
    plugins: [ApolloServerPluginLandingPageDisabled()],
    stopOnTerminationSignals: false,
    logger,
  })
}
