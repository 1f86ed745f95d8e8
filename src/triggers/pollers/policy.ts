// Polling by policy: the API is an ordinary list, newest first; the hub computes from each answer the query parameters
// of the next (the pollingtrigger template, connector-format §5.3).
import type { Clock } from '../../clock.ts'
import type { ParameterDefinition, PolicyInstance } from '../../definition/index.ts'
import { JunctorError } from '../../errors.ts'
import { evaluateOnResponse, type InvocationResult, readResponsePath } from '../../invocation/index.ts'
import { isJsonObject, type Json, type JsonObject } from '../../json.ts'
import type { Trigger } from '../trigger.ts'
import { fingerprint, itemsAt, jsonBody, listed, retryAfterSeconds, valueAt } from './answer.ts'
import type { PollContext, Poller } from './contract.ts'
import { chosenAtStart } from './first-poll.ts'

/** Pages that one poll follows while all items are new. What lies deeper is left to the API's own order. */
const pageLimit = 20
/** Fingerprints of items that are remembered: at least so many, and all of the newest answer. */
const seenLimit = 500
const nextLinkKey = 'x-ms-triggerConfig-nextLink'

interface PolicyState {
  /** Query parameter → its evaluated text. */
  readonly parameters: Readonly<Record<string, string>>
  /** Fingerprints of items that were there, newest first: they never fire again. */
  readonly seen: readonly string[]
}

export function policyPoller(clock: Clock): Poller {
  return {
    async poll(context, stored) {
      const config = configOf(context.trigger)
      const state = readState(stored)
      const query = typedQuery(context.trigger, state?.parameters ?? {})
      const result = await context.call({ query })
      const known = new Set(state?.seen)
      const follow = state !== null || context.start.start !== 'NEW_ONLY'
      const items = await allNew(context, config, result, known, follow)
      const prints = items.map(item => fingerprint(item))
      const fresh = items.filter((_item, index) => !known.has(prints[index] ?? ''))
      const firing = state ? fresh : chosenAtStart(items, context.start)
      const body = jsonBody(result)
      return {
        events: firing.toReversed().map(item => ({ key: fingerprint(item), data: item })),
        state: {
          parameters: items.length > 0 ? evaluated(config, body, state) : (state?.parameters ?? {}),
          seen: [...new Set([...prints, ...(state?.seen ?? [])])].slice(
            0,
            Math.max(seenLimit, prints.length),
          ),
        },
        retryAfterSeconds: retryAfterSeconds(result, clock.now()),
        more: false,
      }
    },
  } satisfies Poller
}

interface PolicyConfig {
  readonly expressions: Readonly<Record<string, string>>
  /** Where the items are, as an expression; null: where the definition says. */
  readonly itemsExpression: string | null
  readonly nextLink: string
}

function configOf({ definition, operation }: PollContext['trigger']): PolicyConfig {
  const policy = definition.policies.find(each => appliesTo(each, operation.id))
  if (!policy)
    throw new JunctorError(
      'OPERATION_UNSUPPORTED',
      `The trigger ${operation.id} is polled by policy, but the package has no pollingtrigger policy for it.`,
    )
  const config = isJsonObject(policy.parameters.triggerConfig) ? policy.parameters.triggerConfig : {}
  const { [nextLinkKey]: nextLink = '@odata.nextLink', ...parameters } = config
  const path = policy.parameters.triggerDataPath
  return {
    expressions: Object.fromEntries(
      Object.entries(parameters)
        .filter(([name]) => name !== '')
        .map(([name, text]) => [name, typeof text === 'string' ? text : String(text)]),
    ),
    itemsExpression: typeof path === 'string' ? path : null,
    nextLink: String(nextLink),
  }
}

function appliesTo(policy: PolicyInstance, operationId: string): boolean {
  if (policy.template.toLowerCase() !== 'pollingtrigger') return false
  const { operations } = policy
  // Exactly, then whatever the case (connector-format §4.1).
  return operations.length === 0 || operations.some(each => each.toLowerCase() === operationId.toLowerCase())
}

/** The answer's items, with those of further pages as long as none of a page is known. */
async function allNew(
  { trigger, call }: PollContext,
  config: PolicyConfig,
  first: InvocationResult,
  known: ReadonlySet<string>,
  follow: boolean,
): Promise<readonly Json[]> {
  const items: Json[] = []
  let result = first
  for (let page = 1; ; page++) {
    const body = jsonBody(result)
    if (!trigger.role.batch) return body === null || body === '' ? [] : [body]
    const found = config.itemsExpression && readResponsePath(config.itemsExpression, body)
    const here = found ? listed(found) : itemsAt(body, trigger.role.itemsPath)
    items.push(...here)
    const next = valueAt(body, [config.nextLink])
    const allUnknown = here.length > 0 && !here.some(item => known.has(fingerprint(item)))
    if (!follow || !allUnknown || typeof next !== 'string' || next === '' || page === pageLimit) return items
    result = await call({ url: new URL(next, result.url).href })
  }
}

/** The next poll's parameters from the first page; one whose expression finds nothing keeps its text. */
function evaluated(config: PolicyConfig, body: Json, state: PolicyState | null): Record<string, string> {
  const parameters: Record<string, string> = {}
  for (const [name, text] of Object.entries(config.expressions)) {
    const value = evaluateOnResponse(text, body) ?? state?.parameters[name]
    if (value !== undefined) parameters[name] = value
  }
  return parameters
}

/** State is text; a parameter that is declared a number or a boolean gets its value where the text is one. */
function typedQuery({ operation }: Trigger, parameters: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, text]) => {
      const declared = operation.parameters.find(each => each.in === 'query' && each.name === name)
      return [name, typed(declared, text)]
    }),
  )
}

function typed(declared: ParameterDefinition | undefined, text: string): Json {
  const type = declared?.schema.type
  if (type === 'integer' && /^-?\d+$/.test(text)) {
    const value = Number(text)
    return Number.isSafeInteger(value) ? value : BigInt(text)
  }
  if (type === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

function readState(state: Json): PolicyState | null {
  if (!isJsonObject(state)) return null
  const { parameters, seen } = state
  return {
    parameters: isJsonObject(parameters)
      ? Object.fromEntries(Object.entries(parameters).map(([name, text]) => [name, String(text)]))
      : {},
    seen: Array.isArray(seen) ? seen.map(String) : [],
  }
}
