// `diff <old> <new>`: what a connector's next version changes for those who use its GraphQL API.
import type { Change } from '@graphql-inspector/core'
import { isJunctorError } from '../errors.ts'
import { aloneSchema } from '../subgraph/index.ts'
import { connectorFinder } from './find-connector.ts'

const groups = [
  { level: 'BREAKING', title: 'Breaking' },
  { level: 'DANGEROUS', title: 'Dangerous' },
  { level: 'NON_BREAKING', title: 'Safe' },
] as const

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Compares two connectors under the name of the new one. Resolves with the exit code: 1 where a change is breaking,
 * 2 where one of the two is not there or cannot be read, so that there is nothing to compare.
 */
export async function diff(before: string, after: string, env: Environment): Promise<number> {
  try {
    return await compareConnectors(before, after, env)
  } catch (error) {
    if (!isJunctorError(error)) throw error
    process.stderr.write(`${error.message}\n`)
    return 2
  }
}

async function compareConnectors(before: string, after: string, env: Environment): Promise<number> {
  const find = connectorFinder(env)
  const [old, next] = [await find(before), await find(after)]
  const [oldSdl, newSdl] = [(await old.compile(next.name)).sdl, (await next.compile()).sdl]
  const changes = await changesBetween(oldSdl, newSdl)

  const found = groups.map(({ level, title }) => ({
    level,
    title,
    lines: changes
      .filter(({ criticality }) => criticality.level === level)
      .map(lineOf)
      .sort(),
  }))
  const counts = found.map(({ title, lines }) => `${lines.length} ${title.toLowerCase()}`)
  process.stdout.write(`${next.name}: ${counts.join(', ')}\n`)
  for (const { title, lines } of found)
    if (lines.length > 0) process.stdout.write(`\n${title} (${lines.length})\n${lines.join('')}`)
  return found.some(({ level, lines }) => level === 'BREAKING' && lines.length > 0) ? 1 : 0
}

async function changesBetween(oldSdl: string, newSdl: string): Promise<readonly Change[]> {
  // Loaded here: no other command needs it.
  const { diff: compare, DiffRule } = await import('@graphql-inspector/core')
  const [oldSchema, newSchema] = [aloneSchema(oldSdl), aloneSchema(newSdl)]
  const all = await compare(oldSchema, newSchema)
  // The fields of a new type go without saying. The rule that leaves them out may hide a breaking change that stands
  // beside a harmless one, so it decides about harmless ones alone.
  const telling = new Set(
    await DiffRule.simplifyChanges({ changes: all, oldSchema, newSchema, config: undefined }),
  )
  return all.filter(change => telling.has(change) || change.criticality.level !== 'NON_BREAKING')
}

function lineOf({ path = 'schema', type, message }: Change): string {
  const text = /DESCRIPTION_CHANGED$/.test(String(type)) ? 'The description changed' : message
  return `  ${coordinate(path)}  ${text.replace(/\s+/g, ' ').trim().replace(/\.$/, '')}.\n`
}

/** `Query.field.argument` as a schema coordinate (https://spec.graphql.org/draft/#sec-Schema-Coordinates). */
function coordinate(path: string): string {
  const [type, member, argument] = path.replace(/\.?@.*$/, '').split('.')
  if (member === undefined) return String(type)
  return argument === undefined ? `${type}.${member}` : `${type}.${member}(${argument}:)`
}
