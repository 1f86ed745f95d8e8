// `schema <connector>`: prints the GraphQL SDL of one connector, by name or by path.
import { connectorFinder } from './find-connector.ts'

/** Resolves with the exit code. Throws CONNECTOR_NOT_FOUND, CONNECTOR_QUARANTINED. */
export async function schema(
  connector: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const found = await connectorFinder(env)(connector)
  process.stdout.write(`${(await found.compile()).sdl.trim()}\n`)
  return 0
}
