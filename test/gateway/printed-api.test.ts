// The printed API of the bundled connectors lies in schema/, so that a change to it shows in review.
// `npx vitest run test/gateway/printed-api.test.ts -u` writes it anew.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findPackages, readPackage } from '../../src/definition/index.ts'
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
