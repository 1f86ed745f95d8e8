// One connector: what it is, the caller's connections to it, a form for another, and its operations.
import { useGraphiQLActions } from '@graphiql/react'
import { useCallback, useEffect } from 'react'
import { useAnswer } from '../use-answer.ts'
import { useWorkbench } from '../workbench-context.ts'
import { ConnectionSection } from './connection-section.tsx'
import { ConnectorBadge } from './connector-badge.tsx'
import { type ConnectorDetail, showConnector } from './documents.ts'
import { OperationList } from './operation-list.tsx'
import { StatusPill } from './status-pill.tsx'

export function ConnectorView({ name, onBack }: { name: string; onBack: () => void }) {
  const { graph } = useWorkbench()
  const load = useCallback(
    async () => (await graph.ask(showConnector.document, { name }, showConnector.data)).connector,
    [graph, name],
  )
  const { answer, reload } = useAnswer(load)
  // A consent is given at the provider's page; whoever comes back from it wants to see the outcome.
  useEffect(() => {
    const refresh = () => void reload()
    window.addEventListener('focus', refresh)
    return () => window.removeEventListener('focus', refresh)
  }, [reload])

  return (
    <section className="panel" aria-label={name}>
      <button type="button" className="button link back" onClick={onBack}>
        ← All connectors
      </button>
      {answer.state === 'loading' && <p className="quiet-text">Loading {name}…</p>}
      {answer.state === 'failed' && <p className="notice error">{answer.message}</p>}
      {answer.state === 'ready' &&
        (answer.value ? (
          <Detail connector={answer.value} onChanged={reload} />
        ) : (
          <p className="notice error">The connector {name} is not there any more.</p>
        ))}
    </section>
  )
}

function Detail({ connector, onChanged }: { connector: ConnectorDetail; onChanged: () => Promise<void> }) {
  const { introspect } = useGraphiQLActions()
  const changed = async () => {
    await onChanged()
    // The graph that the caller sees follows the connections.
    introspect()
  }
  return (
    <>
      <div className="connector-head">
        <ConnectorBadge connector={connector} />
        <div className="row-text">
          <h2 className="panel-title">{connector.title}</h2>
          <span className="row-sub">
            {connector.name}
            {connector.custom && ' · custom'}
          </span>
        </div>
        {connector.status !== 'READY' && <StatusPill status={connector.status} />}
      </div>
      {connector.description && <p className="description">{connector.description}</p>}
      {connector.status === 'QUARANTINED' ? (
        <Diagnostics connector={connector} />
      ) : (
        <>
          <ConnectionSection connector={connector} onChanged={changed} />
          <OperationList name={connector.name} />
        </>
      )}
    </>
  )
}

function Diagnostics({ connector: { diagnostics } }: { connector: ConnectorDetail }) {
  const errors = diagnostics.filter(diagnostic => diagnostic.severity === 'ERROR')
  return (
    <div className="notice error">
      <p>This connector cannot be used as it is.</p>
      <ul>
        {[...new Set(errors.map(error => error.message))].slice(0, 5).map(message => (
          <li key={message}>{message}</li>
        ))}
      </ul>
    </div>
  )
}
