// Apollo Server in front of the executor: HTTP semantics, parsing, CSRF prevention; slices behind its gateway seam.
import { ApolloServer } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled'
import type { GatewayInterface } from '@apollo/server-gateway-interface'
import { buildSchema, type ExecutionResult, GraphQLError } from 'graphql'
import { printJson } from '../../json.ts'
import type { Logger } from '../../telemetry/index.ts'
import { asksTrace, type RequestContext } from '../context.ts'
import type { DocumentStore } from '../documents.ts'
import type { Executor } from '../execute.ts'
import { maxTokens } from '../limits.ts'

const upstreamHttp = 'upstreamHttp'

interface Options {
  readonly hubSdl: string
  readonly executor: Pick<Executor, 'query'>
  readonly documents: DocumentStore
  readonly logger: Logger
}

/**
 * The schema that Apollo itself holds is the hub's; what a document may name is decided by its slice, so Apollo's own
 * validation is off and the executor validates (execute.ts).
 */
export function createApollo({ hubSdl, executor, documents, logger }: Options): ApolloServer<RequestContext> {
  const gateway: GatewayInterface = {
    async load() {
      return {
        executor: async request => {
          const context = request.context as RequestContext
          const { asked } = context
          const trace = asked.trace || asksTrace(request.request.extensions)
          const result = await executor.query({
            document: request.document,
            operationName: request.request.operationName ?? undefined,
            variables: request.request.variables,
            context: { ...context, asked: { ...asked, trace } },
          })
          return result.errors
            ? { ...result, errors: result.errors.map(error => concealed(error, result)) }
            : result
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
    documentStore: documents,
    csrfPrevention: true,
    // Two resolvers of one request may fail alike; the stack is for the log alone.
    includeStacktraceInErrorResponses: false,
    stringifyResult: result => printJson(result),
    formatError: ({ extensions: { [upstreamHttp]: http, ...extensions } = {}, ...formatted }) => ({
      ...formatted,
      extensions: { ...extensions, ...(http === undefined ? {} : { http }) },
    }),
    plugins: [ApolloServerPluginLandingPageDisabled(), ApolloServerPluginCacheControlDisabled()],
    stopOnTerminationSignals: false,
    logger,
  })
}

/**
 * Apollo Server reads `extensions.http` as the status of its own answer. Ours is the upstream's status, which must not
 * become that (a known fault of gateways), so it travels under another name as far as `formatError`. A request that
 * ran nothing answers 400.
 */
function concealed(error: GraphQLError, result: ExecutionResult): GraphQLError {
  const { http, ...extensions } = error.extensions
  return new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    extensions: {
      ...extensions,
      ...(http === undefined ? {} : { [upstreamHttp]: http }),
      ...(result.data === undefined ? { http: { status: 400 } } : {}),
    },
  })
}
