// The door: sign in, or create an account where the hub lets this visitor.
import { type SubmitEvent, useState } from 'react'
import { acceptInvitation, signIn, signUp } from './account.ts'
import { messageOf } from './hub-error.ts'
import { Wordmark } from './wordmark.tsx'

export interface SignInProps {
  readonly signupOpen: boolean
  /** Nobody has an account yet. */
  readonly firstAccount: boolean
  /** The visitor was signed in a moment ago. */
  readonly ended: boolean
  /** The id of an invitation whose link the visitor followed. */
  readonly invitation: string | null
  readonly onSignedIn: () => Promise<void>
}

export function SignIn({ signupOpen, firstAccount, ended, invitation, onSignedIn }: SignInProps) {
  const mayCreate = signupOpen || invitation !== null
  const [creating, setCreating] = useState(mayCreate && !ended)
  const [busy, setBusy] = useState(false)
  const [message, setMessage] = useState(ended ? 'Your session has ended. Sign in again to go on.' : '')

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    const field = (name: string) => String(fields.get(name) ?? '')
    setBusy(true)
    setMessage('')
    try {
      const account = { email: field('email').trim(), password: field('password') }
      const invited = invitation === null ? {} : { invitationId: invitation }
      await (creating ? signUp({ ...account, ...invited, name: field('name').trim() }) : signIn(account))
      if (invitation !== null) await acceptInvitation(invitation)
      await onSignedIn()
    } catch (error) {
      setMessage(messageOf(error))
    } finally {
      setBusy(false)
    }
  }

  return (
    <main className="gate">
      <section className="gate-card">
        <Wordmark />
        <h1>{heading(creating, firstAccount)}</h1>
        <p className="gate-lead">{lead(creating, firstAccount, invitation !== null)}</p>
        <form onSubmit={submit} aria-busy={busy}>
          {creating && <Field label="Name" name="name" type="text" autoComplete="name" />}
          <Field label="E-mail" name="email" type="email" autoComplete="username" />
          <Field
            label="Password"
            name="password"
            type="password"
            autoComplete={creating ? 'new-password' : 'current-password'}
            {...(creating ? { minLength: 8, hint: 'At least 8 characters.' } : {})}
          />
          {message !== '' && (
            <p className="notice error" role="alert">
              {message}
            </p>
          )}
          <button type="submit" className="button primary wide" disabled={busy}>
            {creating ? 'Create account' : 'Sign in'}
          </button>
        </form>
        {mayCreate && (
          <p className="gate-switch">
            <button type="button" className="button link" onClick={() => setCreating(!creating)}>
              {creating ? 'I have an account already' : 'Create an account instead'}
            </button>
          </p>
        )}
      </section>
      <p className="gate-foot">One graph for every API your team works with.</p>
    </main>
  )
}

function heading(creating: boolean, firstAccount: boolean): string {
  if (!creating) return 'Sign in'
  return firstAccount ? 'Create the first account' : 'Create your account'
}

function lead(creating: boolean, firstAccount: boolean, invited: boolean): string {
  if (invited) return 'You are invited. Use the e-mail address that the invitation is for.'
  if (!creating) return 'Welcome back to your hub.'
  return firstAccount
    ? 'This hub is new. The first account administers it.'
    : 'It keeps your connections and what you may do with them.'
}

interface FieldProps {
  readonly label: string
  readonly name: string
  readonly type: 'text' | 'email' | 'password'
  readonly autoComplete: string
  readonly minLength?: number
  readonly hint?: string
}

function Field({ label, hint, ...input }: FieldProps) {
  return (
    <label className="field">
      <span className="field-label">{label}</span>
      <input required {...input} />
      {hint && <span className="field-hint">{hint}</span>}
    </label>
  )
}
