// What stands in for the hub's shared types while an artifact is checked alone is what the hub has.
import { type ASTNode, parse, print, visit } from 'graphql'
import { expect, test } from 'vitest'
import { sharedTypesOf } from '../../src/gateway/federation/subgraph-sdl.ts'
import { readHubSdl } from '../../src/gateway/index.ts'
import { sharedTypes } from '../../src/subgraph/shared-types.ts'

const bare = (node: ASTNode): string =>
  print(
    visit(node, { enter: each => ('description' in each ? { ...each, description: undefined } : undefined) }),
  )

test('each shared type of the hub has a stand-in like it', () => {
  const standIns = new Set(parse(sharedTypes).definitions.map(bare))
  const real = sharedTypesOf(parse(readHubSdl())).map(bare)
  expect(real).not.toEqual([])
  expect(real.filter(type => !standIns.has(type))).toEqual([])
})
