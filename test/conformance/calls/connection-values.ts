// A connection to a connector whose every value can be told from all others wherever it turns up.
import type { ConnectionId, OpenConnection } from '../../../src/connections/index.ts'
import type { AuthenticationDefinition, ConnectorDefinition } from '../../../src/definition/index.ts'
import type { Json } from '../../../src/json.ts'
import { secret } from '../../../src/secret.ts'

export interface KnownConnection {
  /** Null for a connector that asks for nothing. */
  readonly open: OpenConnection | null
  /** Every value as text, by parameter. */
  readonly values: ReadonlyMap<string, string>
  /** The values that are secret. */
  readonly secrets: readonly string[]
}

/** Host of packages that have none: the connection names the instance. */
const instance = 'https://instance.example.com/api'

/**
 * `hostTemplates`: what policies make hosts of. Where a caller's argument would be the whole host, the connection must
 * name it: a caller may not choose where its credential goes.
 */
export function knownConnection(
  definition: ConnectorDefinition,
  hostTemplates: readonly string[],
  authentication: AuthenticationDefinition | undefined,
): KnownConnection {
  const isCallers = hostTemplates.some(text =>
    /^(https:\/\/)?@(headers?|query\w+)\('[^']*'\)(\/|$)/i.test(text),
  )
  const isNowhere = definition.baseUrl.includes('connector.invalid') && hostTemplates.length === 0
  const baseUrl = isCallers || isNowhere ? instance : null
  if (!authentication || (authentication.kind === 'NONE' && baseUrl === null))
    return { open: null, values: new Map(), secrets: [] }
  const given = authentication.parameters.map(({ name, type, secret: isSecret, options }, index) => {
    const value = options?.[0]?.value ?? knownValue(type, index)
    return {
      name: type === 'oauthSetting' ? 'token' : name,
      isSecret: isSecret || type === 'oauthSetting',
      value,
    }
  })
  const hidden = given.filter(({ isSecret }) => isSecret)
  return {
    open: {
      id: 'connection' as ConnectionId,
      connector: definition.name,
      authentication,
      parameters: Object.fromEntries(
        given.filter(({ isSecret }) => !isSecret).map(({ name, value }) => [name, value]),
      ),
      secrets: Object.fromEntries(hidden.map(({ name, value }) => [name, secret(String(value))])),
      baseUrl,
    },
    values: new Map(given.map(({ name, value }) => [name, String(value)])),
    secrets: hidden.map(({ value }) => String(value)),
  }
}

/** Letters and digits alone, so that a host can be made of it. */
function knownValue(type: string, index: number): Json {
  if (type === 'int') return 7000 + index
  return type === 'bool' ? true : `canary${index}value`
}
