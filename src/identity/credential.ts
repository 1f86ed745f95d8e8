// What a request proves itself with. An explicit header wins over a cookie that the browser adds by itself.
import { hash } from 'node:crypto'
import { parseCookies } from 'better-auth/cookies'

/** Every API key begins with this, so that it is told from a session token and found by secret scanners. */
export const apiKeyPrefix = 'junctor_'

export type Credential =
  | { readonly kind: 'KEY'; readonly key: string }
  | { readonly kind: 'BEARER'; readonly token: string }
  | { readonly kind: 'COOKIE'; readonly name: string; readonly value: string }

/** Headers by name, in any case. */
export type HeaderReader = Pick<Headers, 'get'>

/** Reads `x-api-key`, then `Authorization: Bearer` (RFC 6750 §2.1), then the session cookie. */
export function readCredential(headers: HeaderReader, cookieName: string): Credential | null {
  const key = headers.get('x-api-key')?.trim()
  if (key) return { kind: 'KEY', key }
  const authorization = headers.get('authorization')
  if (authorization !== null) {
    const token = /^bearer +(\S+)$/i.exec(authorization.trim())?.[1]
    if (!token) return null
    return token.startsWith(apiKeyPrefix) ? { kind: 'KEY', key: token } : { kind: 'BEARER', token }
  }
  const value = parseCookies(headers.get('cookie') ?? '').get(cookieName)
  return value ? { kind: 'COOKIE', name: cookieName, value } : null
}

/** The headers that carry this credential and nothing else. */
export function headersOf(credential: Exclude<Credential, { kind: 'KEY' }>): Headers {
  return credential.kind === 'BEARER'
    ? new Headers({ authorization: `Bearer ${credential.token}` })
    : new Headers({ cookie: `${credential.name}=${credential.value}` })
}

/** SHA-256 of a credential: what a cache may remember it by. */
export function fingerprint(credential: Credential): string {
  const secret =
    credential.kind === 'KEY'
      ? credential.key
      : credential.kind === 'BEARER'
        ? credential.token
        : credential.value
  return hash('sha256', `${credential.kind} ${secret}`, 'base64url')
}
