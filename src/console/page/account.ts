// Signing up, in and out at better-auth's REST routes. The session is an HttpOnly cookie; the page never sees a token.
import { type ConsoleState, consoleState, consoleStatePath } from '../console-state.ts'
import { callHub, refusal } from './hub-error.ts'

export interface SignUp {
  readonly name: string
  readonly email: string
  readonly password: string
  /** Admits who was invited where sign-up is closed. */
  readonly invitationId?: string
}

/** Who is signed in, and may an account be created? */
export async function loadState(): Promise<ConsoleState> {
  const response = await callHub(consoleStatePath)
  if (!response.ok) throw await refusal(response)
  return consoleState.parse(await response.json())
}

/** Creates an account and signs it in. Throws the hub's refusal: the address is taken, the password too short, … */
export const signUp = (input: SignUp): Promise<void> => send('api/auth/sign-up/email', input)

export const signIn = (input: Pick<SignUp, 'email' | 'password'>): Promise<void> =>
  send('api/auth/sign-in/email', input)

/** Joins the organization that invited whoever is signed in. Throws where the invitation is for another address. */
export const acceptInvitation = (invitationId: string): Promise<void> =>
  send('api/auth/organization/accept-invitation', { invitationId })

export const signOut = (): Promise<void> => send('api/auth/sign-out', {})

async function send(path: string, body: object): Promise<void> {
  const response = await callHub(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw await refusal(response)
}
