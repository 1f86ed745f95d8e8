// What somebody who composes these files with GraphQL Mesh writes: a subgraph for each, by its OpenAPI loader, and a
// prefix for each, since a fifth of the names collide otherwise.
import { readFileSync } from 'node:fs'
import { createPrefixTransform, defineConfig } from '@graphql-mesh/compose-cli'
import { loadOpenAPISubgraph } from '@omnigraph/openapi'
import { resolvers } from 'graphql-scalars'

const packages = JSON.parse(readFileSync(process.env.BENCH_PACKAGES, 'utf8'))
const usualScalars = Object.keys(resolvers)

export const composeConfig = defineConfig({
  subgraphs: packages.map(({ name, file }) => ({
    sourceHandler: loadOpenAPISubgraph(name, { source: file }),
    transforms: [
      createPrefixTransform({
        value: `${name}_`,
        includeRootOperations: true,
        includeTypes: true,
        // By itself it passes over names that are usually scalars; here they are objects and enumerations as well.
        force: usualScalars,
      }),
    ],
  })),
})
