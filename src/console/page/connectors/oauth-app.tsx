// The administrator registers the hub as an app at an OAuth provider, once for everybody.
import { type SubmitEvent, useState } from 'react'
import { hubUrl, messageOf } from '../hub-error.ts'
import { useWorkbench } from '../workbench-context.ts'
import { type ConnectorDetail, setConnectorClient } from './documents.ts'

export function OauthApp({ connector }: { connector: ConnectorDetail }) {
  const { admin } = useWorkbench()
  if (!admin || !connector.authentications.some(({ kind }) => kind === 'OAUTH2_CODE')) return null
  return (
    <details className="fold">
      <summary>OAuth app</summary>
      <ClientForm connector={connector} />
    </details>
  )
}

function ClientForm({ connector: { name, title } }: { connector: ConnectorDetail }) {
  const { graph } = useWorkbench()
  const [busy, setBusy] = useState(false)
  const [outcome, setOutcome] = useState<{ readonly good: boolean; readonly message: string } | null>(null)

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const fields = new FormData(form)
    const secret = String(fields.get('client-secret'))
    setBusy(true)
    setOutcome(null)
    try {
      const variables = {
        name,
        clientId: String(fields.get('client-id')).trim(),
        clientSecret: secret === '' ? null : secret,
      }
      await graph.ask(setConnectorClient.document, variables, setConnectorClient.data)
      form.reset()
      setOutcome({ good: true, message: 'Saved. New consents use this app.' })
    } catch (error) {
      setOutcome({ good: false, message: messageOf(error) })
    } finally {
      setBusy(false)
    }
  }

  return (
    <form className="card" onSubmit={submit} aria-busy={busy} autoComplete="off">
      <p className="quiet-text">
        Register an app at {title} with the redirect address <code>{hubUrl('oauth/callback').href}</code>,
        then enter its id and secret. You do this once, for everybody who connects.
      </p>
      <label className="field">
        <span className="field-label">Client id</span>
        <input name="client-id" required autoComplete="off" spellCheck={false} />
      </label>
      <label className="field">
        <span className="field-label">
          Client secret<span className="optional"> optional</span>
        </span>
        <input name="client-secret" type="password" autoComplete="new-password" />
      </label>
      {outcome && <p className={`notice ${outcome.good ? 'good' : 'error'}`}>{outcome.message}</p>}
      <div className="card-actions">
        <button type="submit" className="button primary" disabled={busy}>
          Save
        </button>
      </div>
    </form>
  )
}
