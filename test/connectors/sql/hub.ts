// The sql connector in a real child process, called as the invocation room calls it.
import { join } from 'node:path'
import { type ConnectorDefinition, readPackage } from '../../../src/definition/index.ts'
import { type Answer, type CallOptions, openHosting } from '../../hosting/fixtures/hosted.ts'
import type { TestDatabase } from './engines.ts'

export async function sqlDefinition(): Promise<ConnectorDefinition> {
  const folder = join(import.meta.dirname, '..', '..', '..', 'connectors', 'sql')
  const { definition, diagnostics } = await readPackage(folder)
  if (!definition) throw new Error(JSON.stringify(diagnostics))
  return definition
}

export type Call = (path: string, options?: CallOptions) => Promise<Answer>

/** `calling(database)` gives the calls of its connection. */
export async function openHub(allowPrivate: readonly string[]) {
  const definition = await sqlDefinition()
  const hosted = await openHosting({ allowPrivate: [...allowPrivate] })
  return {
    hosted,
    calling: ({ connection }: Pick<TestDatabase, 'connection'>): Call => {
      return (path, options = {}) => hosted.call(definition, path, { connection, ...options })
    },
    [Symbol.asyncDispose]: () => hosted[Symbol.asyncDispose](),
  }
}

/** A path's query, from what is given. */
export function query(values: Readonly<Record<string, string | number>>): string {
  return `?${new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)]))}`
}
