// What a package's pollingtrigger policy says (connector-format §5.3).
import type { ParameterDefinition, PolicyInstance } from '../../definition/index.ts'
import { JunctorError } from '../../errors.ts'
import { evaluateOnResponse, readResponsePath } from '../../invocation/index.ts'
import { isJsonObject, type Json, type JsonObject } from '../../json.ts'
import type { Trigger } from '../feeds/index.ts'
import { itemsAt, listed } from './answer.ts'
import type { PollContext } from './contract.ts'

const nextLinkKey = 'x-ms-triggerConfig-nextLink'

export interface PolicyConfig {
  /** Query parameter → expression on the answer. */
  readonly expressions: Readonly<Record<string, string>>
  /** Where the items are, as an expression; null: where the definition says. */
  readonly itemsExpression: string | null
  /** Member of the answer that holds the next page's URL. */
  readonly nextLink: string
}

/** Throws OPERATION_UNSUPPORTED where the package has no policy for the trigger. */
export function configOf({ definition, operation }: PollContext['trigger']): PolicyConfig {
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

/** The items of one answer, newest first; of a single trigger the answer itself. */
export function itemsOf({ role }: PollContext['trigger'], config: PolicyConfig, body: Json): readonly Json[] {
  if (!role.batch) return body === null || body === '' ? [] : [body]
  const found = config.itemsExpression && readResponsePath(config.itemsExpression, body)
  return found ? listed(found) : itemsAt(body, role.itemsPath)
}

/** The next poll's parameters from the newest page; one whose expression finds nothing keeps its text. */
export function evaluated(
  config: PolicyConfig,
  body: Json,
  before: Readonly<Record<string, string>>,
): Record<string, string> {
  const parameters: Record<string, string> = {}
  for (const [name, text] of Object.entries(config.expressions)) {
    const value = evaluateOnResponse(text, body) ?? before[name]
    if (value !== undefined) parameters[name] = value
  }
  return parameters
}

/** True where a poll with these parameters asks for what came behind the state, and not for the whole list. */
export function isFiltered(
  { expressions }: PolicyConfig,
  parameters: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(expressions).some(
    ([name, text]) => parameters[name] !== undefined && isComputed(text),
  )
}

function isComputed(expression: string): boolean {
  return /triggerBody\(\)/i.test(expression)
}

/** The members of an item that the state is made of: `@{triggerBody().nodes[0].publishedAt}` → publishedAt. */
export function stateMembers({ expressions }: PolicyConfig): readonly string[] {
  const texts = Object.values(expressions)
  return texts.flatMap(text => [...text.matchAll(/\[0\]\.(\w+)/g)].map(([, name]) => name ?? ''))
}

/** State is text; a parameter that is declared a number or a boolean gets its value where the text is one. */
export function typedQuery({ operation }: Trigger, parameters: Readonly<Record<string, string>>): JsonObject {
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
