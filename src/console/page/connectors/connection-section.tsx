// The caller's connections to one connector, and the form for another.
import { useState } from 'react'
import { ConnectForm } from './connect-form.tsx'
import { ConnectionRow } from './connection-row.tsx'
import type { ConnectorDetail, Consent } from './documents.ts'

export interface ConnectionSectionProps {
  readonly connector: ConnectorDetail
  readonly onChanged: () => Promise<void>
}

export function ConnectionSection({ connector, onChanged }: ConnectionSectionProps) {
  const [adding, setAdding] = useState(false)
  const [latest, setLatest] = useState<Consent | null>(null)
  const none = connector.connections.length === 0
  const close = () => setAdding(false)
  const connected = async (made: Consent) => {
    setLatest(made)
    await onChanged()
    close()
  }
  return (
    <>
      <h3 className="section-title">{none ? 'Connect' : 'Connections'}</h3>
      {connector.connections.map(connection => (
        <ConnectionRow
          key={connection.id}
          connection={connection}
          consentUrl={latest?.connection.id === connection.id ? latest.authorizationUrl : null}
          onChanged={onChanged}
        />
      ))}
      {none || adding ? (
        <ConnectForm connector={connector} onConnected={connected} onClose={none ? null : close} />
      ) : (
        <button type="button" className="button quiet" onClick={() => setAdding(true)}>
          Add a connection
        </button>
      )}
    </>
  )
}
