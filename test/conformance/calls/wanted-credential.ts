// Where a connection's values belong in a request, by the names of a package's parameters (connector-format §3.3).
import { isJsonObject, type JsonObject } from '../../../src/json.ts'
import { listOf, member, own } from './package-text.ts'
import type { WantedRequest } from './wanted-request.ts'

/** Parameters of the connection by name; for several ways to connect, those of the set called `set`. */
export function connectionParametersOf(properties: JsonObject, set: string): JsonObject {
  const sets = listOf(own(member(properties, 'connectionParameterSets'), 'values'))
  if (sets.length === 0) return member(properties, 'connectionParameters')
  return member(
    sets.find(each => own(each, 'name') === set),
    'parameters',
  )
}

/** Puts the credential into the request. `values` are the connection's; `policyText` is what may place one by itself. */
export function addCredential(
  wanted: WantedRequest,
  document: JsonObject,
  parameters: JsonObject,
  values: ReadonlyMap<string, string>,
  policyText: string,
): void {
  const token = Object.entries(parameters).find(([, each]) =>
    /^oauthsetting$/i.test(String(own(each, 'type'))),
  )
  if (token) {
    wanted.headers.set('authorization', `Bearer ${values.get('token')}`)
    return
  }
  const keys = keySchemes(document)
  const [username, password] = [values.get('username'), values.get('password')]
  const isBasic = username !== undefined && password !== undefined
  if (isBasic && (declaresBasic(document) || !values.has('api_key') || keys.length === 0)) {
    wanted.headers.set('authorization', `Basic ${btoa(`${username}:${password}`)}`)
    return
  }
  const shared = values.get('api_key') ?? lonely(parameters, values, policyText)
  for (const scheme of keys) {
    const own = keys.length > 1 ? namedAfter(scheme, values) : undefined
    const value = own ?? shared
    if (value === undefined) continue
    if (scheme.in === 'header') wanted.headers.set(scheme.name.toLowerCase(), value)
    // Where the operation declares the key as well, the connection's is sent and no other.
    else
      wanted.query = [
        ...wanted.query.filter(({ name }) => name !== scheme.name),
        { name: scheme.name, parts: [value], separator: null },
      ]
  }
}

interface KeyScheme {
  readonly title: string
  readonly in: string
  readonly name: string
}

function schemes(document: JsonObject): readonly (readonly [string, JsonObject])[] {
  return Object.entries(member(document, 'securityDefinitions')).flatMap(([title, node]) =>
    isJsonObject(node) ? [[title, node] as const] : [],
  )
}

function declaresBasic(document: JsonObject): boolean {
  return schemes(document).some(([, { type }]) => type === 'basic')
}

/** Those that `security` asks for; all where it names none that exists. */
function keySchemes(document: JsonObject): readonly KeyScheme[] {
  const all = schemes(document).flatMap(([title, { type, in: place, name }]) =>
    type === 'apiKey' && typeof name === 'string' ? [{ title, in: String(place), name }] : [],
  )
  const asked = listOf(document.security).flatMap(each => (isJsonObject(each) ? Object.keys(each) : []))
  const effective = all.filter(({ title }) => asked.includes(title))
  return effective.length > 0 ? effective : all
}

/** The only secret, where no policy puts it in its place. */
function lonely(
  parameters: JsonObject,
  values: ReadonlyMap<string, string>,
  policyText: string,
): string | undefined {
  const secrets = Object.entries(parameters).filter(
    ([, each]) => String(own(each, 'type')).toLowerCase() === 'securestring',
  )
  const [only] = secrets.length === 0 ? Object.entries(parameters) : secrets
  const isAlone = secrets.length === 1 || Object.keys(parameters).length === 1
  if (!only || !isAlone) return undefined
  const isPlaced = policyText.toLowerCase().includes(`connectionparameters('${only[0].toLowerCase()}'`)
  return isPlaced ? undefined : values.get(only[0])
}

function namedAfter(scheme: KeyScheme, values: ReadonlyMap<string, string>): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '')
  return [...values].find(
    ([name]) => plain(name) === plain(scheme.title) || plain(name) === plain(scheme.name),
  )?.[1]
}
