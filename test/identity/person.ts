// An identity over a real database, and people who talk to it as a browser or a program would.
import { systemClock } from '../../src/clock.ts'
import { createIdentity, type Identity, type IdentityOptions } from '../../src/identity/index.ts'
import { secret } from '../../src/secret.ts'
import { createLogger } from '../../src/telemetry/index.ts'

const publicUrl = 'http://localhost:4000'
const many = { window: 60, max: 100_000 }

export function openIdentity(
  options: Pick<IdentityOptions, 'store'> & Partial<IdentityOptions>,
): Promise<Identity> {
  return createIdentity({
    publicUrl,
    signup: 'open',
    signingSecret: secret('a signing secret that only this test knows'),
    secureCookies: false,
    limits: { signIn: many, signUp: many, other: many },
    clock: systemClock,
    logger: createLogger('silent'),
    ...options,
  })
}

/** What the tests read of better-auth's answers. */
interface AnswerBody {
  readonly id: string
  readonly key: string
  readonly token: string
  readonly user: { readonly id: string }
  readonly session: { readonly userId: string }
  readonly code?: string
  readonly message?: string
}

export interface Answer {
  readonly status: number
  readonly body: AnswerBody
  readonly headers: Headers
}

export async function call(
  identity: Identity,
  method: 'GET' | 'POST',
  path: string,
  options: { body?: unknown; headers?: Record<string, string>; address?: string } = {},
): Promise<Answer> {
  const init: RequestInit = { method, headers: { origin: publicUrl, ...options.headers } }
  if (method === 'POST') {
    init.body = JSON.stringify(options.body ?? {})
    init.headers = { 'content-type': 'application/json', ...init.headers }
  }
  const response = await identity.handle(
    new Request(`${publicUrl}/api/auth${path}`, init),
    options.address ?? '192.0.2.1',
  )
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers }
}

export const password = 'correct horse battery staple'

export interface Person {
  readonly id: string
  readonly email: string
  readonly token: string
  readonly cookie: string
}

function cookieOf(answer: Answer): string {
  return answer.headers
    .getSetCookie()
    .map(cookie => cookie.split(';')[0])
    .join('; ')
}

export const tokenOf = (answer: Answer) => answer.headers.get('set-auth-token') ?? ''

export const signUp = (identity: Identity, email: string, extra: object = {}) =>
  call(identity, 'POST', '/sign-up/email', { body: { email, password, name: email.split('@')[0], ...extra } })

export async function person(identity: Identity, email: string, extra: object = {}): Promise<Person> {
  const answer = await signUp(identity, email, extra)
  if (answer.status !== 200) throw new Error(`${email} could not sign up: ${JSON.stringify(answer.body)}`)
  return { id: answer.body.user.id, email, token: tokenOf(answer), cookie: cookieOf(answer) }
}

export async function signIn(identity: Identity, email: string): Promise<Person> {
  const answer = await call(identity, 'POST', '/sign-in/email', { body: { email, password } })
  if (answer.status !== 200) throw new Error(`${email} could not sign in: ${JSON.stringify(answer.body)}`)
  return { id: answer.body.user.id, email, token: tokenOf(answer), cookie: cookieOf(answer) }
}

export const bearer = (token: string) => new Headers({ authorization: `Bearer ${token}` })
