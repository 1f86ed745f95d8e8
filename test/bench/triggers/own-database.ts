import { administer, databaseUrl, uniqueDatabase } from '../../harness/database-server.ts'

/** The URL of a new database on the server, which goes with the stack. */
export async function ownDatabase(stack: AsyncDisposableStack, server: string): Promise<string> {
  const name = uniqueDatabase()
  await administer(server, `create database ${name}`)
  stack.defer(() => administer(server, `drop database if exists ${name} with (force)`))
  return databaseUrl(server, name)
}
