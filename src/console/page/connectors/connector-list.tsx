// Every connector of the hub that the caller may see, by title or name.
import { useCallback } from 'react'
import { type Pages, usePages } from '../use-pages.ts'
import { useSettled } from '../use-settled.ts'
import { useWorkbench } from '../workbench-context.ts'
import { ConnectorBadge } from './connector-badge.tsx'
import { type ConnectorSummary, listConnectors } from './documents.ts'
import { MoreButton } from './more-button.tsx'
import { StatusPill } from './status-pill.tsx'

export interface ConnectorListProps {
  readonly search: string
  readonly onSearch: (search: string) => void
  readonly onOpen: (name: string) => void
}

export function ConnectorList({ search, onSearch, onOpen }: ConnectorListProps) {
  const { graph } = useWorkbench()
  const settled = useSettled(search.trim())
  const load = useCallback(
    async (after: string | null) => {
      const variables = { search: settled === '' ? null : settled, after }
      return (await graph.ask(listConnectors.document, variables, listConnectors.data)).connectors
    },
    [graph, settled],
  )
  const pages = usePages(load)

  return (
    <section className="panel" aria-label="Connectors">
      <div className="panel-head">
        <h2 className="panel-title">Connectors</h2>
        {pages.answer.state === 'ready' && <span className="count">{pages.answer.value.totalCount}</span>}
      </div>
      <input
        type="search"
        className="search"
        placeholder="Search connectors"
        aria-label="Search connectors"
        value={search}
        onChange={event => onSearch(event.currentTarget.value)}
      />
      <Listing pages={pages} searching={settled !== ''} onOpen={onOpen} />
    </section>
  )
}

interface ListingProps {
  readonly pages: Pages<ConnectorSummary>
  readonly searching: boolean
  readonly onOpen: (name: string) => void
}

function Listing({ pages, searching, onOpen }: ListingProps) {
  const { answer } = pages
  if (answer.state === 'loading') return <p className="quiet-text">Loading connectors…</p>
  if (answer.state === 'failed') return <p className="notice error">{answer.message}</p>
  if (answer.value.nodes.length === 0)
    return <p className="quiet-text">{searching ? 'No connector matches.' : 'This hub has no connectors.'}</p>
  return (
    <>
      <ul className="rows">
        {answer.value.nodes.map(connector => (
          <li key={connector.name}>
            <button type="button" className="row" onClick={() => onOpen(connector.name)}>
              <ConnectorBadge connector={connector} />
              <span className="row-text">
                <span className="row-title">{connector.title}</span>
                <span className="row-sub">{connector.name}</span>
              </span>
              {connector.connections.length > 0 && <span className="pill good">connected</span>}
              {connector.status !== 'READY' && <StatusPill status={connector.status} />}
            </button>
          </li>
        ))}
      </ul>
      <MoreButton pages={pages} />
    </>
  )
}
