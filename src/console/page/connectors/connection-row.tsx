// One connection of the caller, and what can be done with it.
import { useState } from 'react'
import { messageOf } from '../hub-error.ts'
import { useWorkbench } from '../workbench-context.ts'
import { type Connection, deleteConnection, setDefaultConnection, testConnection } from './documents.ts'
import { StatusPill } from './status-pill.tsx'

export interface ConnectionRowProps {
  readonly connection: Connection
  readonly onChanged: () => Promise<void>
}

export function ConnectionRow({ connection, onChanged }: ConnectionRowProps) {
  const { id } = connection
  const { graph } = useWorkbench()
  const [busy, setBusy] = useState(false)
  const [outcome, setOutcome] = useState<{ readonly good: boolean; readonly message: string } | null>(null)
  const [removing, setRemoving] = useState(false)

  const attempt = (work: () => Promise<void>) => async () => {
    setBusy(true)
    setOutcome(null)
    await work().catch((error: unknown) => setOutcome({ good: false, message: messageOf(error) }))
    setBusy(false)
  }
  const test = attempt(async () => {
    const { ok, message } = (await graph.ask(testConnection.document, { id }, testConnection.data))
      .testConnection
    setOutcome({ good: ok, message: message ?? (ok ? 'It works.' : 'It does not work.') })
  })
  const prefer = attempt(async () => {
    await graph.ask(setDefaultConnection.document, { id }, setDefaultConnection.data)
    await onChanged()
  })
  const remove = attempt(async () => {
    await graph.ask(deleteConnection.document, { id }, deleteConnection.data)
    await onChanged()
  })

  return (
    <div className="card" aria-busy={busy}>
      <div className="card-head">
        <span className="row-title">{connection.name}</span>
        {connection.default && <span className="pill">default</span>}
        <StatusPill status={connection.status} />
      </div>
      {connection.statusReason && <p className="quiet-text">{connection.statusReason}</p>}
      {outcome && <p className={`notice ${outcome.good ? 'good' : 'error'}`}>{outcome.message}</p>}
      <div className="card-actions">
        <Action label="Test" busy={busy} onClick={test} />
        {!connection.default && <Action label="Make default" busy={busy} onClick={prefer} />}
        {removing ? (
          <>
            <Action label="Yes, remove it" busy={busy} onClick={remove} />
            <Action label="Keep it" busy={busy} onClick={() => setRemoving(false)} />
          </>
        ) : (
          <Action label="Remove" busy={busy} onClick={() => setRemoving(true)} />
        )}
      </div>
    </div>
  )
}

function Action({ label, busy, onClick }: { label: string; busy: boolean; onClick: () => void }) {
  return (
    <button type="button" className="button small" disabled={busy} onClick={onClick}>
      {label}
    </button>
  )
}
