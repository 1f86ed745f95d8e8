// Security schemes of a plain document → ways to connect. One for each requirement that the document or one of its
// operations names, or for each scheme where none is named.

import type {
  AuthenticationDefinition,
  ConnectionParameterDefinition,
  KeyPlacement,
} from './authentication-model.ts'
import { quoted } from './findings.ts'
import { child, elements, isObject, keysOf, members, type Node, present, text, words } from './node.ts'
import { oauthFlow } from './oauth-settings.ts'
import { follow, type Reading } from './reading.ts'

const none: AuthenticationDefinition = {
  name: 'none',
  title: 'No credential',
  kind: 'NONE',
  parameters: [],
  keys: [],
  shareable: true,
}

/** `none` comes last where a credential is optional, and alone where nothing is declared. */
export function schemeAuthentications(reading: Reading): readonly AuthenticationDefinition[] {
  const { document, dialect } = reading
  const home =
    dialect === 'swagger-2.0'
      ? child(document, 'securityDefinitions')
      : child(child(document, 'components'), 'securitySchemes')
  const schemes = new Map(members(home).map(([name, node]) => [name, follow(reading, node)] as const))
  const { requirements, optional } = requirementsOf(document, [...schemes.keys()])
  const found = requirements.flatMap(names => required(reading, names, schemes))
  const byName = new Map(found.map(authentication => [authentication.name, authentication]))
  return optional || byName.size === 0 ? [...byName.values(), none] : [...byName.values()]
}

interface Requirements {
  /** Names of schemes that are demanded together. */
  readonly requirements: readonly (readonly string[])[]
  /** Calls are possible without any. */
  readonly optional: boolean
}

function requirementsOf(document: Node, declared: readonly string[]): Requirements {
  const root = child(document, 'security')
  const own = members(child(document, 'paths')).flatMap(([, item]) =>
    members(item).map(([, operation]) => child(operation, 'security')),
  )
  const asked = [root, ...own].flatMap(elements).filter(isObject).map(keysOf)
  const known = asked
    .map(names => names.filter(name => declared.includes(name)))
    .filter(names => names.length > 0)
  const requirements = known.length > 0 ? known : declared.map(name => [name])
  const rootAsks = elements(root).filter(isObject).map(keysOf)
  return { requirements, optional: rootAsks.length === 0 || rootAsks.some(names => names.length === 0) }
}

type Part = Pick<AuthenticationDefinition, 'kind' | 'parameters' | 'keys'> &
  Pick<AuthenticationDefinition, 'oauth'>

function required(
  reading: Reading,
  names: readonly string[],
  schemes: ReadonlyMap<string, Node>,
): readonly AuthenticationDefinition[] {
  const keys = names.length > 1
  const parts = names.flatMap(name => {
    const node = schemes.get(name)
    return node === undefined ? [] : [schemePart(reading, name, node, keys ? name : 'api_key')]
  })
  if (parts.some(part => part === undefined)) return []
  const all = parts.filter(part => part !== undefined)
  const consents = names.every(name => isOAuth2(schemes.get(name)))
  const joined = all.length < 2 ? all[0] : consents ? bestGrant(all) : joinKeys(all)
  if (joined === undefined) {
    reading.findings.warning(
      'AUTHENTICATION_UNSUPPORTED',
      `The schemes ${names.map(quoted).join(' and ')} cannot be used together.`,
      { pointer: '/security' },
    )
    return []
  }
  const name = names.join('+')
  return [{ name, title: name, shareable: true, ...joined }]
}

function isOAuth2(node: Node | undefined): boolean {
  return node !== undefined && words(child(node, 'type'))?.toLowerCase() === 'oauth2'
}

/**
 * Several OAuth 2.0 schemes at once are the flows of one API, written as one scheme each: a request carries one
 * token, whichever of them gave it.
 */
function bestGrant(parts: readonly Part[]): Part | undefined {
  const grants = ['OAUTH2_CODE', 'OAUTH2_CLIENT_CREDENTIALS']
  return (
    grants.map(grant => parts.find(({ kind }) => kind === grant)).find(part => part !== undefined) ?? parts[0]
  )
}

/** Several keys at once are one credential of several parts; other schemes cannot be joined. */
function joinKeys(parts: readonly Part[]): Part | undefined {
  if (parts.some(({ kind }) => kind !== 'API_KEY')) return undefined
  return {
    kind: 'API_KEY',
    parameters: parts.flatMap(part => part.parameters),
    keys: parts.flatMap(part => part.keys),
  }
}

function schemePart(reading: Reading, name: string, node: Node, keyParameter: string): Part | undefined {
  const type = words(child(node, 'type'))?.toLowerCase()
  const scheme = words(child(node, 'scheme'))?.toLowerCase()
  if (type === 'apikey') return apiKey(node, keyParameter) ?? unsupported(reading, name, node)
  if (type === 'basic' || (type === 'http' && scheme === 'basic')) return basic(node)
  if (type === 'http' && scheme === 'bearer') return bearer(node)
  if (type === 'oauth2') return oauth2(node) ?? unsupported(reading, name, node)
  return unsupported(reading, name, node)
}

function unsupported({ findings }: Reading, name: string, node: Node): undefined {
  const kind = [words(child(node, 'type')), words(child(node, 'scheme'))]
    .filter(word => word !== undefined)
    .join(' ')
  findings.warning(
    'AUTHENTICATION_UNSUPPORTED',
    `The security scheme ${quoted(name)} (${kind.slice(0, 60)}) is not supported.`,
    {
      pointer: node.pointer,
    },
  )
  return undefined
}

function secretParameter(name: string, title: string, node: Node): ConnectionParameterDefinition {
  const description = words(child(node, 'description'))
  return { name, title, type: 'securestring', required: true, secret: true, ...present({ description }) }
}

function apiKey(node: Node, parameter: string): Part | undefined {
  const wireName = words(child(node, 'name'))
  const place = words(child(node, 'in'))?.toLowerCase()
  const key = wireName === undefined ? undefined : placement(place, wireName, parameter)
  return (
    key && {
      kind: 'API_KEY',
      parameters: [secretParameter(parameter, wireName ?? parameter, node)],
      keys: [key],
    }
  )
}

function placement(place: string | undefined, name: string, parameter: string): KeyPlacement | undefined {
  if (place === 'header' || place === 'query') return { in: place, name, parameter }
  return place === 'cookie' ? { in: 'header', name: 'Cookie', parameter, prefix: `${name}=` } : undefined
}

function basic(node: Node): Part {
  const username: ConnectionParameterDefinition = {
    name: 'username',
    title: 'User name',
    type: 'string',
    required: true,
    secret: false,
  }
  return { kind: 'BASIC', parameters: [username, secretParameter('password', 'Password', node)], keys: [] }
}

/** RFC 6750: the person gives the bare token, and the scheme word is put before it. */
function bearer(node: Node): Part {
  return {
    kind: 'API_KEY',
    parameters: [secretParameter('token', 'Token', node)],
    keys: [{ in: 'header', name: 'Authorization', parameter: 'token', prefix: 'Bearer ' }],
  }
}

/** The code flow before client credentials; a flow without a token endpoint leaves a token to be given by hand. */
function oauth2(node: Node): Part | undefined {
  const flows = child(node, 'flows')
  const swaggerFlow = text(child(node, 'flow'))?.toLowerCase()
  const code = isObject(flows)
    ? child(flows, 'authorizationCode')
    : swaggerFlow === 'accesscode'
      ? node
      : undefined
  const client = isObject(flows)
    ? child(flows, 'clientCredentials')
    : swaggerFlow === 'application'
      ? node
      : undefined
  const token: ConnectionParameterDefinition = {
    name: 'token',
    title: 'Consent',
    type: 'oauthSetting',
    required: false,
    secret: true,
  }
  const base = { parameters: [token], keys: [] }
  if (code !== undefined && isObject(code)) return { ...base, kind: 'OAUTH2_CODE', oauth: oauthFlow(code) }
  if (client !== undefined && isObject(client)) {
    return { ...base, kind: 'OAUTH2_CLIENT_CREDENTIALS', oauth: oauthFlow(client) }
  }
  return isObject(flows) || swaggerFlow !== undefined ? bearer(node) : undefined
}
