// Signing up, in and out at better-auth's REST routes. The session is an HttpOnly cookie; the page never sees a token.
import { type ConsoleState, consoleState, consoleStatePath } from '../console-state.ts'
import { callHub, refusal } from './hub-error.ts'

export interface SignUp {
  readonly name: string
  readonly email: string
  readonly password: string
}

/** Who is signed in, and may an account be created? */
export async function loadState(): Promise<ConsoleState> {
  const response = await callHub(consoleStatePath)
  if (!response.ok) throw await refusal(response)
  return consoleState.parse(await response.json())
}

/** Creates an account and signs it in. Throws the hub's refusal: the address is taken, the password too short, … */
export const signUp = (input: SignUp): Promise<void> => send('api/auth/sign-up/email', input)

export const signIn = (input: Omit<SignUp, 'name'>): Promise<void> => send('api/auth/sign-in/email', input)

export const signOut = (): Promise<void> => send('api/auth/sign-out', {})

async function send(path: string, body: object): Promise<void> {
  const response = await callHub(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw await refusal(response)
}
