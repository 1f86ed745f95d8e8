// What somebody typed into a connection's parameters, checked against what the connector asks for. Values appear in no
// message: any of them may be a secret.
import type { AuthenticationDefinition, ConnectionParameterDefinition } from '../definition/index.ts'
import { JunctorError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { type Secret, secret } from '../secret.ts'

export interface AcceptedParameters {
  /** All parameters that are not secret, defaults included. */
  readonly plain: Readonly<Record<string, Json>>
  /** Secrets that were given now. */
  readonly secrets: Readonly<Record<string, Secret>>
  /** Every secret that is set after this, given now or before. */
  readonly secretNames: readonly string[]
}

export interface StoredParameters {
  readonly plain: Readonly<Record<string, Json>>
  readonly secretNames: readonly string[]
}

const nothingStored: StoredParameters = { plain: {}, secretNames: [] }
const longest = 65_536

/**
 * Null removes a parameter, absent leaves what is stored. Throws CREDENTIAL_INVALID naming the parameter at fault.
 * Rules: connector-format §3.2.
 */
export function acceptParameters(
  authentication: AuthenticationDefinition,
  given: JsonObject,
  stored: StoredParameters = nothingStored,
): AcceptedParameters {
  refuseUnknown(authentication, given)
  const plain: [string, Json][] = []
  const secrets: [string, Secret][] = []
  const secretNames: string[] = []
  for (const parameter of authentication.parameters) {
    const { name } = parameter
    if (!Object.hasOwn(given, name) && stored.secretNames.includes(name)) {
      secretNames.push(name)
      continue
    }
    const value = settle(parameter, Object.hasOwn(given, name) ? given : stored.plain)
    if (value === undefined) continue
    if (parameter.secret) {
      secrets.push([name, secret(String(value))])
      secretNames.push(name)
    } else plain.push([name, value])
  }
  return { plain: Object.fromEntries(plain), secrets: Object.fromEntries(secrets), secretNames }
}

/** The checked value, or the default; undefined where an optional parameter has neither. */
function settle(
  parameter: ConnectionParameterDefinition,
  values: Readonly<Record<string, Json>>,
): Json | undefined {
  const given = Object.hasOwn(values, parameter.name) ? values[parameter.name] : undefined
  const value = isBlank(given) ? parameter.default : given
  if (!isBlank(value)) return check(parameter, value)
  if (parameter.required) throw invalid(parameter, 'is missing')
  return undefined
}

/** An empty optional credential is left out of the request (connector-format §3.3), so it is not stored either. */
function isBlank(value: Json | undefined): value is undefined | null | '' {
  return value === undefined || value === null || value === ''
}

function refuseUnknown({ parameters, title }: AuthenticationDefinition, given: JsonObject): void {
  const known = parameters.map(({ name }) => name)
  const unknown = Object.keys(given).find(name => !known.includes(name))
  if (unknown === undefined) return
  throw new JunctorError(
    'CREDENTIAL_INVALID',
    known.length === 0
      ? `There is no parameter ${JSON.stringify(unknown)}: ${JSON.stringify(title)} takes none.`
      : `There is no parameter ${JSON.stringify(unknown)}. The parameters are: ${known.join(', ')}.`,
    { details: { parameter: unknown } },
  )
}

function check(parameter: ConnectionParameterDefinition, value: Json): Json {
  const { type, options } = parameter
  if (type === 'int') {
    if (!Number.isSafeInteger(value)) throw invalid(parameter, 'must be an integer')
  } else if (type === 'bool') {
    if (typeof value !== 'boolean') throw invalid(parameter, 'must be true or false')
  } else {
    if (typeof value !== 'string') throw invalid(parameter, 'must be a string')
    if (value.length > longest) throw invalid(parameter, `must not be longer than ${longest} characters`)
    // PostgreSQL stores no NUL, and no API takes one.
    if (value.includes('\0')) throw invalid(parameter, 'must not contain the character NUL')
  }
  if (options && options.length > 0 && !options.some(option => option.value === value))
    throw invalid(parameter, `must be one of ${options.map(option => String(option.value)).join(', ')}`)
  return value
}

function invalid({ name, title }: ConnectionParameterDefinition, fault: string): JunctorError {
  const shown = title && title !== name ? ` (${title})` : ''
  return new JunctorError('CREDENTIAL_INVALID', `The parameter ${JSON.stringify(name)}${shown} ${fault}.`, {
    details: { parameter: name },
  })
}
