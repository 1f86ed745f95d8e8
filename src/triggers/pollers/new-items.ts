// Which items of a list were not there before, where the API does not say (connector-format §5.3).
import { isJsonObject, type Json } from '../../json.ts'
import { fingerprint } from './answer.ts'
import { isAsNew, isOlder, type Marks } from './item-times.ts'

/** What tells one item from all others, and an item from itself before it changed. */
export type Identity = (item: Json) => string

/**
 * By its id and by what the state is made of, where the item has both: the API's cursor may include where it stands,
 * and the item there comes again, perhaps with a counter moved on. Else by all of it.
 */
export function identityBy(stateMembers: readonly string[]): Identity {
  return item => {
    if (!isJsonObject(item) || stateMembers.length === 0) return fingerprint(item)
    const state = stateMembers.map(name => item[name] ?? null)
    const ids = Object.keys(item).filter(
      name => idName.test(name) || (stateMembers.includes(name) && /id$/i.test(name)),
    )
    const isTold = ids.some(name => isId(item[name])) && state.every(value => value !== null)
    return isTold
      ? fingerprint(
          ids.map(name => item[name] ?? null),
          state,
        )
      : fingerprint(item)
  }
}

const idName = /^_?(id|uuid|guid)$/i

function isId(value: Json | undefined): boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' || typeof value === 'bigint'
}

export interface Before {
  readonly known: ReadonlySet<string>
  readonly marks: Marks
  /** True where the API was asked for what came behind the state. */
  readonly filtered: boolean
}

/** Those of `items` (newest first) that are new, in the same order. */
export function newOnes(items: readonly Json[], identity: Identity, before: Before): readonly Json[] {
  const isKnown = items.map(item => before.known.has(identity(item)))
  const firstKnown = isKnown.indexOf(true)
  return items.filter((item, index) => !isKnown[index] && isNew(item, index))

  function isNew(item: Json, index: number): boolean {
    if (before.filtered) return true
    // A list is a window on all there is: what was taken out of it makes room for what is older and was never seen.
    if (firstKnown >= 0) return index < firstKnown || isAsNew(item, before.marks)
    return !isOlder(item, before.marks)
  }
}
