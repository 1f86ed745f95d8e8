// Form fields → the JSON object of a connection's parameters.
import { HubError } from '../hub-error.ts'
import type { ConnectionParameter } from './documents.ts'

export type ParameterKind = 'boolean' | 'choice' | 'number' | 'json' | 'secret' | 'text'

/** How a parameter is asked for, by its type in apiProperties (connector-format §3). */
export function kindOf({
  options,
  secret,
  type,
}: Pick<ConnectionParameter, 'options' | 'secret' | 'type'>): ParameterKind {
  if (options && options.length > 0) return 'choice'
  if (secret) return 'secret'
  const name = type.toLowerCase()
  if (name === 'bool' || name === 'boolean') return 'boolean'
  if (name === 'int' || name === 'integer' || name === 'number') return 'number'
  if (name === 'object' || name === 'array') return 'json'
  return 'text'
}

/** The name of a parameter's form field; prefixed, because a parameter may be called like a field of the form. */
export function fieldName({ name }: Pick<ConnectionParameter, 'name'>): string {
  return `parameter:${name}`
}

/** Fields that were left empty are left out. Throws a HubError that names the field where JSON does not parse. */
export function readParameters(
  parameters: readonly ConnectionParameter[],
  fields: FormData,
): Record<string, unknown> {
  const entries = parameters.flatMap((parameter): [string, unknown][] => {
    const text = fields.get(fieldName(parameter))
    if (kindOf(parameter) === 'boolean') return [[parameter.name, text !== null]]
    if (typeof text !== 'string' || text === '') return []
    return [[parameter.name, readValue(parameter, text)]]
  })
  return Object.fromEntries(entries)
}

function readValue(parameter: ConnectionParameter, text: string): unknown {
  switch (kindOf(parameter)) {
    case 'number':
      return Number(text)
    case 'choice':
    case 'json':
      try {
        return JSON.parse(text)
      } catch (error) {
        throw new HubError(`${parameter.title ?? parameter.name} must be JSON.`, { cause: error })
      }
    default:
      return text
  }
}
