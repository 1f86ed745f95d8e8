// The printed API of the bundled connectors lies in schema/, so that a change to it shows in review.
// `npx vitest run test/gateway/printed-api.test.ts -u` writes it anew.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { composeSupergraph } from '../../src/commands/composition.ts'
import { findPackages, readPackage } from '../../src/definition/index.ts'
import { connectorSubgraphSdl, hubSubgraphSdl } from '../../src/gateway/index.ts'
import { compileConnector } from '../../src/subgraph/index.ts'

const root = join(import.meta.dirname, '../..')
const packages = await findPackages([join(root, 'connectors')])

test.each(packages.map(found => [found.name, found.folder]))(
  '%s has the API that schema/ shows',
  async (name, folder) => {
    const { definition } = await readPackage(folder, { name })
    if (!definition) throw new Error(`${name} cannot be read.`)
    const { artifact } = await compileConnector(definition)
    await expect(`${artifact.sdl.trim()}\n`).toMatchFileSnapshot(join(root, 'schema', `${name}.graphql`))
  },
)

test('what schema/ shows composes to one Federation 2 supergraph', async () => {
  const printed = (name: string) => readFileSync(join(root, 'schema', `${name}.graphql`), 'utf8')
  const hub = parse(printed('hub'))
  const subgraph = (name: string, sdl: string) => ({
    name,
    url: `http://hub/graphql/${name}`,
    typeDefs: parse(sdl),
  })
  const composed = await composeSupergraph([
    subgraph('hub', hubSubgraphSdl(hub)),
    ...packages.map(({ name }) => subgraph(name, connectorSubgraphSdl(hub, printed(name)))),
  ])
  expect(composed).not.toHaveProperty('faults')
})
