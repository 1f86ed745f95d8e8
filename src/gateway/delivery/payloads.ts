// Events → payloads: executed and serialised once for all who select the same of them.
import type { ExecutionArgs, ExecutionResult } from 'graphql'
import type { Actor } from '../../identity/index.ts'
import { printJson } from '../../json.ts'
import type { LoggedEvent } from '../../triggers/index.ts'
import { formatError } from '../errors.ts'
import { createWeightedCache } from '../weighted-cache.ts'
import type { Payload } from './sink.ts'

/** Bytes of payloads kept for those who read the log a little later than others. */
const keptBytes = 16_000_000

export interface Recipe {
  /** Equal where the payloads are equal. */
  readonly key: string
  readonly arguments: ExecutionArgs
  /** False where a payload made earlier could be another now. */
  readonly lasting: boolean
  /** The event as the root field's resolvers read it. */
  readonly source: (event: LoggedEvent) => unknown
}

/** A payload that may depend on who asks is made for them as they are now. */
export function recipeFor(recipe: Recipe, actor: Actor | undefined): Recipe {
  const context: unknown = recipe.arguments.contextValue
  if (recipe.lasting || actor === undefined || typeof context !== 'object') return recipe
  return { ...recipe, arguments: { ...recipe.arguments, contextValue: { ...context, actor } } }
}

export type Payloads = ReturnType<typeof createPayloads>

export function createPayloads(run: (prepared: ExecutionArgs) => Promise<ExecutionResult>) {
  const kept = createWeightedCache<Payload>({ most: keptBytes, weigh: ({ json }) => json.length })
  const making = new Map<string, Promise<Payload>>()

  async function make(recipe: Recipe, event: LoggedEvent): Promise<Payload> {
    const { errors, ...result } = await run({ ...recipe.arguments, rootValue: recipe.source(event) })
    const json = Buffer.from(
      printJson(errors ? { ...result, errors: errors.map(error => formatError(error)) } : result),
    )
    return { cursor: event.cursor, json }
  }

  return {
    of(recipe: Recipe, event: LoggedEvent): Promise<Payload> {
      const key = `${recipe.key} ${event.sequence}`
      const ready = kept.get(key)
      if (ready) return Promise.resolve(ready)
      const underway = making.get(key)
      if (underway !== undefined) return underway
      const made = make(recipe, event)
        .then(payload => {
          if (recipe.lasting) kept.set(key, payload)
          return payload
        })
        .finally(() => making.delete(key))
      making.set(key, made)
      return made
    },
  }
}
