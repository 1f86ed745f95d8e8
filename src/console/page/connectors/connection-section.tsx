// The caller's connections to one connector, and the form for another.
import { useState } from 'react'
import { ConnectForm } from './connect-form.tsx'
import { ConnectionRow } from './connection-row.tsx'
import type { ConnectorDetail } from './documents.ts'

export interface ConnectionSectionProps {
  readonly connector: ConnectorDetail
  readonly onChanged: () => Promise<void>
}

export function ConnectionSection({ connector, onChanged }: ConnectionSectionProps) {
  const [adding, setAdding] = useState(false)
  const none = connector.connections.length === 0
  const close = () => setAdding(false)
  const connected = async () => {
    await onChanged()
    close()
  }
  return (
    <>
      <h3 className="section-title">{none ? 'Connect' : 'Connections'}</h3>
      {connector.connections.map(connection => (
        <ConnectionRow key={connection.id} connection={connection} onChanged={onChanged} />
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
