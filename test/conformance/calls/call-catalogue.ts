// The whole catalogue, called. One process compiles a connector while this one calls the one before.
import { systemClock } from '../../../src/clock.ts'
import { findPackages } from '../../../src/definition/index.ts'
import { createCompiler } from '../../../src/gateway/index.ts'
import { corpus } from '../../definition/corpus.ts'
import { type CallRecord, callConnector } from './call-connector.ts'
import { openInvoker } from './graph.ts'
import { readPackageText } from './package-text.ts'
import { startStandIn } from './upstream.ts'

export const catalogueFolder = corpus('power-platform')

/** Yields what came of each call. `only`: connectors whose name holds this. */
export async function* callCatalogue(only = ''): AsyncGenerator<CallRecord> {
  // The compiler's process keeps nobody awake, not even while it ends.
  using _awake = setInterval(() => {}, 60_000)
  await using standIn = await startStandIn()
  await using invoker = openInvoker(standIn.origin)
  await using compiler = createCompiler({ clock: systemClock })
  const found = (await findPackages([catalogueFolder])).filter(({ name }) => name.includes(only))
  const compile = ({ name, folder }: (typeof found)[number]) =>
    compiler.compile(name, { kind: 'folder', folder }, true).done
  let next = found[0] ? compile(found[0]) : null
  for (const [index, { name, folder }] of found.entries()) {
    if (!next) return
    const [compiled, text] = await Promise.all([next, readPackageText(folder)])
    const following = found[index + 1]
    next = following ? compile(following) : null
    // Nobody waits for it any more where the caller stops early.
    next?.catch(() => {})
    yield* callConnector(name, text, compiled, { standIn, invoker })
  }
}
