// Makes a connection from one of the connector's authentications. What is typed goes to the hub and nowhere else.
import { type SubmitEvent, useState } from 'react'
import { messageOf } from '../hub-error.ts'
import { useWorkbench } from '../workbench-context.ts'
import { type Authentication, type ConnectorDetail, createConnection } from './documents.ts'
import { ParameterField } from './parameter-field.tsx'
import { readParameters } from './read-parameters.ts'

export interface ConnectFormProps {
  readonly connector: ConnectorDetail
  readonly onConnected: () => Promise<void>
  /** Null where there is nothing to go back to. */
  readonly onClose: (() => void) | null
}

export function ConnectForm({ connector, onConnected, onClose }: ConnectFormProps) {
  const { graph } = useWorkbench()
  const [chosen, setChosen] = useState(connector.authentications[0]?.name)
  const [busy, setBusy] = useState(false)
  const [message, setMessage] = useState('')
  const authentication = connector.authentications.find(({ name }) => name === chosen)

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    setBusy(true)
    setMessage('')
    try {
      const input = {
        connector: connector.name,
        name: String(fields.get('connection-name')),
        ...(authentication ? { authentication: authentication.name } : {}),
        parameters: readParameters(authentication?.parameters ?? [], fields),
      }
      await graph.ask(createConnection.document, { input }, createConnection.data)
      await onConnected()
    } catch (error) {
      setMessage(messageOf(error))
    } finally {
      setBusy(false)
    }
  }

  return (
    <form className="card" onSubmit={submit} aria-busy={busy} autoComplete="off">
      {connector.authentications.length > 1 && (
        <AuthenticationChoice
          authentications={connector.authentications}
          chosen={chosen}
          onChoose={setChosen}
        />
      )}
      <label className="field">
        <span className="field-label">Name of the connection</span>
        <input name="connection-name" required defaultValue={freeName(connector)} autoComplete="off" />
      </label>
      {authentication?.parameters.map(parameter => (
        <ParameterField key={`${authentication.name} ${parameter.name}`} parameter={parameter} />
      ))}
      {message !== '' && (
        <p className="notice error" role="alert">
          {message}
        </p>
      )}
      <div className="card-actions">
        <button type="submit" className="button primary" disabled={busy}>
          {busy ? 'Connecting…' : 'Connect'}
        </button>
        {onClose && (
          <button type="button" className="button quiet" onClick={onClose}>
            Cancel
          </button>
        )}
      </div>
    </form>
  )
}

interface AuthenticationChoiceProps {
  readonly authentications: readonly Authentication[]
  readonly chosen: string | undefined
  readonly onChoose: (name: string) => void
}

function AuthenticationChoice({ authentications, chosen, onChoose }: AuthenticationChoiceProps) {
  return (
    <label className="field">
      <span className="field-label">Authentication</span>
      <select name="authentication" value={chosen} onChange={event => onChoose(event.currentTarget.value)}>
        {authentications.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
    </label>
  )
}

/** The connector's name, with a number where the caller has such a connection already. */
function freeName({ name, connections }: ConnectorDetail): string {
  const taken = new Set(connections.map(connection => connection.name))
  if (!taken.has(name)) return name
  let number = 2
  while (taken.has(`${name}-${number}`)) number += 1
  return `${name}-${number}`
}
