// The things API for Hive Gateway, as somebody who has its swagger composes it.
import {
  createNamingConventionTransform,
  createPrefixTransform,
  defineConfig,
} from '@graphql-mesh/compose-cli'
import { loadOpenAPISubgraph } from '@omnigraph/openapi'

export const composeConfig = defineConfig({
  subgraphs: [
    {
      sourceHandler: loadOpenAPISubgraph('things', {
        source: process.env.BENCH_SWAGGER,
        endpoint: process.env.BENCH_API,
        ignoreErrorResponses: true,
        operationHeaders: { 'x-api-key': process.env.BENCH_KEY },
      }),
      transforms: [
        createNamingConventionTransform({ fieldNames: 'camelCase' }),
        createPrefixTransform({ value: 'things_', includeRootOperations: true, includeTypes: false }),
      ],
    },
  ],
})
