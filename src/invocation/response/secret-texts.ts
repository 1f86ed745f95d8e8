// The texts that are secret in a connection: its secrets, and the parts of them that an API may name alone. People type
// `Bearer sk-…` or a space behind the key; the API answers about `sk-…`.
import type { OpenConnection } from '../../connections/index.ts'
import type { Secret } from '../../secret.ts'
import { connectionValue } from '../credentials/connection-values.ts'

/** A shorter part is an ordinary word; a whole secret counts whatever its length. */
const shortestPart = 4

/** A longer secret is a document, such as a private key, of which no API names a part. */
const longestWithParts = 4_096

/** What in a callback URL is secret: its last segment. */
export function callbackToken(callback: Secret): string {
  return callback.reveal().replace(/^.*\//s, '')
}

/** Each once, whole values and their parts. `callback`: the URL of a webhook that is registered. */
export function secretTexts(
  connection: OpenConnection | null,
  callback: Secret | undefined,
): ReadonlySet<string> {
  const token = callback ? [callbackToken(callback)] : []
  if (!connection) return new Set(token)
  const wholes = [...token, ...wholeTexts(connection)].filter(text => text.trim() !== '')
  return new Set(wholes.flatMap(whole => [whole, whole.trim(), ...partsOf(whole)]))
}

/** The secrets, what the request is signed in with though the package calls it no secret, and both as Basic joins them. */
function wholeTexts(connection: OpenConnection): string[] {
  const { secrets, authentication } = connection
  const placed = authentication.keys.map(({ parameter }) => connectionValue(connection, parameter) ?? '')
  const password = authentication.kind === 'BASIC' ? (connectionValue(connection, 'password') ?? '') : ''
  const username = connectionValue(connection, 'username') ?? ''
  return [
    ...Object.values(secrets).map(secret => secret.reveal()),
    ...placed,
    ...(password === '' ? [] : [password, `${username}:${password}`]),
  ]
}

/** Parts of parts, too: `Authorization: Basic …` is a scheme behind a name, and a pair inside base64. */
function partsOf(text: string, depth = 4): string[] {
  if (depth === 0 || text.length > longestWithParts) return []
  return directParts(text)
    .filter(part => part.length >= shortestPart && part !== text)
    .flatMap(part => [part, ...partsOf(part, depth - 1)])
}

function directParts(text: string): string[] {
  const trimmed = text.trim()
  return [
    trimmed,
    // Behind a scheme word.
    trimmed.replace(/^\S+\s+/, ''),
    trimmed.replace(/^(["'])(.*)\1$/s, '$2'),
    // Token token="…", a cookie, a connection string.
    ...[...trimmed.matchAll(/(?:^|[\s;,&?])[\w.-]+=\s*("[^"]*"|[^\s";,&]+)/g)].map(match => match[1] ?? ''),
    // user:password, as it stands or in base64.
    ...pairOf(decoded(trimmed) ?? trimmed),
  ]
}

function pairOf(text: string): string[] {
  const [, user = '', password = ''] = /^([\w.@+-]+):(?!\/\/)(\S.*)$/s.exec(text) ?? []
  return [user, password]
}

/** The text that canonical base64 stands for; null for what is none. */
function decoded(text: string): string | null {
  const data = Buffer.from(text, 'base64')
  const plain = data.toString('utf8')
  const unpadded = (base64: string) => base64.replace(/=+$/, '')
  const canonical = unpadded(data.toString('base64')) === unpadded(text)
  return canonical && Buffer.from(plain, 'utf8').equals(data) ? plain : null
}
