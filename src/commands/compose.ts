// `compose [connector…]`: prints the Federation 2 supergraph of the hub's subgraphs, for any router to serve.
import { parse } from 'graphql'
import { readConfig } from '../config.ts'
import { JunctorError } from '../errors.ts'
import { connectorSubgraphSdl, hubSubgraph, hubSubgraphSdl, readHubSdl } from '../gateway/index.ts'
import { composeSupergraph, type Subgraph } from './composition.ts'
import { bundled, connectorFinder, type NamedConnector } from './find-connector.ts'

interface Options {
  /** Names or paths; none: the bundled connectors. */
  readonly connectors: readonly string[]
  /** Where routers reach the hub; undefined: where everybody does. */
  readonly url: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Resolves with the exit code: 1 where the subgraphs do not compose, 2 for a URL that is none.
 * Throws CONNECTOR_NOT_FOUND, CONNECTOR_QUARANTINED, CONFLICT.
 */
export async function compose({ connectors, url, env }: Options): Promise<number> {
  const base = (url ?? readConfig(env).publicUrl).replace(/\/+$/, '')
  if (!/^https?:\/\//.test(base) || !URL.canParse(base)) {
    process.stderr.write(`--url must begin with http:// or https://, such as https://hub.example.com.\n`)
    return 2
  }
  const chosen = connectors.length === 0 ? await bundled() : await named(connectors, env)
  refuseNames(chosen)

  const hub = parse(readHubSdl(), { noLocation: true })
  const subgraph = (name: string, sdl: string): Subgraph => ({
    name,
    url: `${base}/graphql/${name}`,
    typeDefs: parse(sdl, { noLocation: true }),
  })
  const subgraphs = [subgraph(hubSubgraph, hubSubgraphSdl(hub))]
  for (const { name, compile } of chosen)
    subgraphs.push(subgraph(name, connectorSubgraphSdl(hub, (await compile()).sdl)))

  const composed = await composeSupergraph(subgraphs)
  if ('faults' in composed) {
    process.stderr.write(composed.faults.map(fault => `${fault}\n`).join(''))
    return 1
  }
  process.stdout.write(composed.supergraph)
  return 0
}

async function named(connectors: readonly string[], env: Options['env']): Promise<readonly NamedConnector[]> {
  const find = connectorFinder(env)
  const found: NamedConnector[] = []
  for (const connector of connectors) found.push(await find(connector))
  return found
}

function refuseNames(chosen: readonly NamedConnector[]): void {
  const taken = new Set([hubSubgraph])
  for (const { name } of chosen) {
    if (taken.has(name))
      throw new JunctorError(
        'CONFLICT',
        name === hubSubgraph
          ? `A connector cannot be called "${name}", which is the hub itself: rename its folder.`
          : `There are two connectors called "${name}": leave one out, or rename its folder.`,
      )
    taken.add(name)
  }
}
