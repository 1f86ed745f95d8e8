// oneOf/anyOf: one of several schemas → one schema that takes what any of them takes. GraphQL has unions for answers
// only, and telling their members apart needs what many APIs do not send; so alternatives that are all objects become
// one object with the members of each, of which only those that each demands are required.

import { record } from './node.ts'
import { deepestJoin, type WriteOut } from './schema-merge.ts'
import type { Schema } from './schema-model.ts'

/** Undefined where nothing short of any JSON takes them all: an object or a string, a list or a number. */
export function joinChoice(choices: readonly Schema[], context: WriteOut): Schema | undefined {
  return join(choices, context, 0)
}

type Kind<T extends Schema['type']> = Extract<Schema, { type: T }>

function join(choices: readonly Schema[], context: WriteOut, depth: number): Schema | undefined {
  const [first, ...others] = choices
  if (first === undefined) return undefined
  if (first.type === 'ref' && others.every(each => each.type === 'ref' && each.ref === first.ref))
    return first
  const resolved = choices.map(choice => context.resolve(choice))
  const scalar = commonScalar(resolved)
  if (scalar !== undefined) return scalar
  if (depth >= deepestJoin || !context.spend(1)) return undefined
  if (resolved.every(each => each.type === 'array')) {
    const items = resolved.map(list => list.items)
    return { type: 'array', items: join(items, context, depth + 1) ?? { type: 'any' } }
  }
  return resolved.every(each => each.type === 'object') ? joinObjects(resolved, context, depth) : undefined
}

function joinObjects(
  objects: readonly Kind<'object'>[],
  context: WriteOut,
  depth: number,
): Schema | undefined {
  // An object that names no members may have any (connector-format §2.4), which an object type would hide.
  if (objects.some(({ properties }) => Object.keys(properties).length === 0)) return undefined
  const declared = new Map<string, Set<Schema>>()
  const demands = new Map<string, number>()
  for (const { properties, required } of objects) {
    for (const [name, member] of Object.entries(properties))
      declared.set(name, (declared.get(name) ?? new Set()).add(member))
    for (const name of new Set(required)) demands.set(name, (demands.get(name) ?? 0) + 1)
  }
  if (!context.spend(declared.size)) return undefined
  const properties = record(
    [...declared].map(([name, several]) => [name, joinMember([...several], context, depth + 1)] as const),
  )
  const required = [...declared.keys()].filter(name => demands.get(name) === objects.length)
  const open = objects.some(({ additional }) => additional !== null)
  return { type: 'object', properties, required, additional: open ? { type: 'any' } : null }
}

/** What the first of them says about itself stays; a default is one alternative's own. */
function joinMember(declared: readonly Schema[], context: WriteOut, depth: number): Schema {
  const [first, ...others] = declared
  if (first !== undefined && others.length === 0) return first
  const nullable = declared.some(each => each.nullable === true) ? { nullable: true } : {}
  const { title, description } = first ?? {}
  return {
    ...(join(declared, context, depth) ?? { type: 'any' }),
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...nullable,
  }
}

/**
 * oneOf/anyOf of scalars that one type covers: strings of several formats, labelled constants, integers and
 * numbers. Undefined where the choice is a real one.
 */
function commonScalar(choices: readonly Schema[]): Schema | undefined {
  const [first, ...others] = choices
  if (first === undefined) return undefined
  const enums = choices.map(choice => ('enum' in choice ? choice.enum : undefined))
  const values = enums.every(each => each !== undefined)
    ? [...new Map(enums.flat().map(each => [each.value, each])).values()]
    : undefined
  const listed = values === undefined ? {} : { enum: values }
  if (choices.every(choice => choice.type === 'string')) {
    const format = others.every(
      other =>
        other.type === 'string' && 'format' in other && 'format' in first && other.format === first.format,
    )
    return {
      type: 'string',
      ...(format && first.type === 'string' && first.format ? { format: first.format } : {}),
      ...listed,
    }
  }
  if (choices.every(choice => choice.type === 'boolean')) return { type: 'boolean' }
  if (choices.every(choice => choice.type === 'integer')) {
    return {
      type: 'integer',
      format: choices.every(choice => choice.format === 'int32') ? 'int32' : 'int64',
      ...listed,
    }
  }
  return choices.every(choice => choice.type === 'integer' || choice.type === 'number')
    ? { type: 'number', ...listed }
    : undefined
}
