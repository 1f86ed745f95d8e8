// The ways to connect: those of apiProperties.json where it has any, else those that the document's security schemes
// describe (connector-format §3).

import type {
  AuthenticationDefinition,
  AuthenticationKind,
  ConnectionParameterDefinition,
  KeyPlacement,
} from './authentication-model.ts'
import { readConnectionParameters } from './connection-parameter.ts'
import type { PolicyInstance } from './model.ts'
import {
  child,
  childAnyCase,
  elements,
  flag,
  isObject,
  keysOf,
  members,
  type Node,
  present,
  text,
  words,
} from './node.ts'
import { grantOf, readOAuth } from './oauth-settings.ts'
import type { Reading } from './reading.ts'
import { schemeAuthentications } from './security-scheme.ts'
import { readWebhookSecurity } from './webhook-security.ts'

const titles: Readonly<Record<AuthenticationKind, string>> = {
  NONE: 'No credential',
  API_KEY: 'API key',
  BASIC: 'User name and password',
  OAUTH2_CODE: 'Consent (OAuth 2.0)',
  OAUTH2_CLIENT_CREDENTIALS: 'Client credentials (OAuth 2.0)',
  CLIENT_CERTIFICATE: 'Client certificate',
  CUSTOM: 'Connection parameters',
}

/** At least one; sets shadow the plain parameters (§3.6). */
export function readAuthentications(
  reading: Reading,
  policies: readonly PolicyInstance[],
): readonly AuthenticationDefinition[] {
  const properties = child(reading.properties, 'properties')
  const sets = elements(child(child(properties, 'connectionParameterSets'), 'values'))
  if (sets.length > 0) return distinct(sets.map((set, index) => readSet(reading, policies, set, index)))
  const parameters = child(properties, 'connectionParameters')
  if (!isObject(parameters)) return schemeAuthentications(reading)
  const only = readParameters(reading, policies, parameters, { name: 'default', title: '', shareable: true })
  return [{ ...only, title: titles[only.kind] }]
}

type Label = Pick<AuthenticationDefinition, 'name' | 'title' | 'shareable'>

function readSet(
  reading: Reading,
  policies: readonly PolicyInstance[],
  set: Node,
  index: number,
): AuthenticationDefinition {
  const name = words(child(set, 'name')) ?? `set${index + 1}`
  const title = words(childAnyCase(child(set, 'uiDefinition'), 'displayName')) ?? name
  const shareable = flag(child(child(set, 'metadata'), 'allowSharing')) !== false
  return {
    ...readParameters(reading, policies, child(set, 'parameters'), { name, title, shareable }),
    ...present({ webhook: readWebhookSecurity(reading, set) }),
  }
}

function distinct(authentications: readonly AuthenticationDefinition[]): readonly AuthenticationDefinition[] {
  const taken = new Set<string>()
  return authentications.map(authentication => {
    let { name } = authentication
    for (let suffix = 2; taken.has(name); suffix++) name = `${authentication.name}_${suffix}`
    taken.add(name)
    return { ...authentication, name }
  })
}

/** Pairs parameters with what the document declares, by parameter name: `security` is not to be relied on (§3.3). */
function readParameters(
  reading: Reading,
  policies: readonly PolicyInstance[],
  node: Node,
  label: Label,
): AuthenticationDefinition {
  const parameters = readConnectionParameters(reading.findings, node)
  if (parameters.length === 0) return { ...label, kind: 'NONE', parameters, keys: [] }
  const base = { ...label, parameters, keys: [] }
  if (parameters.some(({ type }) => type === 'gatewaySetting')) {
    const message = 'The connector needs an on-premises data gateway, which the hub has not.'
    reading.findings.warning('AUTHENTICATION_UNSUPPORTED', message, { pointer: node.pointer })
  }
  const token = parameters.find(({ type }) => type === 'oauthSetting')
  if (token !== undefined) {
    const oauth = readOAuth(child(node, token.name))
    return { ...base, kind: grantOf(oauth, node), oauth }
  }
  if (members(node).some(([, each]) => text(child(each, 'type'))?.toLowerCase() === 'clientcertificate')) {
    return { ...base, kind: 'CLIENT_CERTIFICATE' }
  }
  const names = new Set(parameters.map(({ name }) => name))
  const schemes = keySchemes(reading)
  const basic = names.has('username') && names.has('password')
  if (basic && (declaresBasic(reading) || !names.has('api_key') || schemes.length === 0))
    return { ...base, kind: 'BASIC' }
  const keys = placements(schemes, parameters, policies)
  return keys.length > 0 ? { ...base, kind: 'API_KEY', keys } : { ...base, kind: 'CUSTOM' }
}

interface KeyScheme {
  readonly name: string
  readonly in: 'header' | 'query'
  readonly wireName: string
}

function schemeNodes({ document, dialect }: Reading): readonly (readonly [string, Node])[] {
  return members(
    dialect === 'swagger-2.0'
      ? child(document, 'securityDefinitions')
      : child(child(document, 'components'), 'securitySchemes'),
  )
}

function declaresBasic(reading: Reading): boolean {
  return schemeNodes(reading).some(([, node]) => {
    const type = text(child(node, 'type'))?.toLowerCase()
    return type === 'basic' || (type === 'http' && text(child(node, 'scheme'))?.toLowerCase() === 'basic')
  })
}

/** apiKey schemes that the document's `security` asks for; all of them where it names none that exists. */
function keySchemes(reading: Reading): readonly KeyScheme[] {
  const schemes = schemeNodes(reading).flatMap(([name, node]): readonly KeyScheme[] => {
    const place = text(child(node, 'in'))?.toLowerCase()
    const wireName = words(child(node, 'name'))
    if (text(child(node, 'type'))?.toLowerCase() !== 'apikey' || wireName === undefined) return []
    return place === 'header' || place === 'query' ? [{ name, in: place, wireName }] : []
  })
  const asked = new Set(elements(child(reading.document, 'security')).flatMap(keysOf))
  const effective = schemes.filter(({ name }) => asked.has(name))
  return effective.length > 0 ? effective : schemes
}

/** `api_key` goes to every scheme, unless a scheme has a parameter of its own name (§3.3). */
function placements(
  schemes: readonly KeyScheme[],
  parameters: readonly ConnectionParameterDefinition[],
  policies: readonly PolicyInstance[],
): readonly KeyPlacement[] {
  const shared = parameters.find(({ name }) => name === 'api_key') ?? loneSecret(parameters, policies)
  return schemes.flatMap(scheme => {
    const own = schemes.length > 1 ? parameters.find(({ name }) => isNamedAfter(name, scheme)) : undefined
    const parameter = own ?? shared
    return parameter === undefined
      ? []
      : [{ in: scheme.in, name: scheme.wireName, parameter: parameter.name }]
  })
}

function isNamedAfter(parameter: string, scheme: KeyScheme): boolean {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '')
  return plain(parameter) === plain(scheme.name) || plain(parameter) === plain(scheme.wireName)
}

/** Without an `api_key` the only secret is the key, unless a policy puts it in its place. */
function loneSecret(
  parameters: readonly ConnectionParameterDefinition[],
  policies: readonly PolicyInstance[],
): ConnectionParameterDefinition | undefined {
  const [secret, ...others] = parameters.filter(({ type }) => type === 'securestring')
  const key = secret ?? (parameters.length === 1 ? parameters[0] : undefined)
  if (key === undefined || others.length > 0) return undefined
  const placed = policies.some(({ parameters: values }) =>
    Object.values(values).some(
      value =>
        typeof value === 'string' &&
        value.toLowerCase().includes(`connectionparameters('${key.name.toLowerCase()}'`),
    ),
  )
  return placed ? undefined : key
}
