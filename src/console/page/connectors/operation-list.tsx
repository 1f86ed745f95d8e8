// A connector's operations. A click opens the operation's example in a new tab.
import { useCallback, useState } from 'react'
import { useOpenTab } from '../use-open-tab.ts'
import { type Pages, usePages } from '../use-pages.ts'
import { useSettled } from '../use-settled.ts'
import { useWorkbench } from '../workbench-context.ts'
import { listOperations, type Operation } from './documents.ts'
import { MoreButton } from './more-button.tsx'

export function OperationList({ name }: { name: string }) {
  const { graph } = useWorkbench()
  const [search, setSearch] = useState('')
  const settled = useSettled(search.trim())
  const load = useCallback(
    async (after: string | null) => {
      const variables = { name, search: settled === '' ? null : settled, after }
      const { connector } = await graph.ask(listOperations.document, variables, listOperations.data)
      return (
        connector?.operations ?? {
          nodes: [],
          totalCount: 0,
          pageInfo: { hasNextPage: false, endCursor: null },
        }
      )
    },
    [graph, name, settled],
  )
  const pages = usePages(load)

  return (
    <>
      <h3 className="section-title">
        Operations
        {pages.answer.state === 'ready' && <span className="count">{pages.answer.value.totalCount}</span>}
      </h3>
      <input
        type="search"
        className="search"
        placeholder="Search operations"
        aria-label="Search operations"
        value={search}
        onChange={event => setSearch(event.currentTarget.value)}
      />
      <Listing pages={pages} searching={settled !== ''} />
    </>
  )
}

function Listing({ pages, searching }: { pages: Pages<Operation>; searching: boolean }) {
  const { answer } = pages
  const openTab = useOpenTab()
  if (answer.state === 'loading') return <p className="quiet-text">Loading operations…</p>
  if (answer.state === 'failed') return <p className="notice error">{answer.message}</p>
  if (answer.value.nodes.length === 0)
    return <p className="quiet-text">{searching ? 'No operation matches.' : 'It has no operations.'}</p>
  return (
    <>
      <ul className="rows">
        {answer.value.nodes.map(operation => (
          <li key={operation.field}>
            <button type="button" className="row" onClick={() => openTab(operation)}>
              <span className="row-text">
                <span className={`row-code${operation.deprecated ? ' deprecated' : ''}`}>
                  {operation.field}
                </span>
                {operation.summary && <span className="row-sub">{operation.summary}</span>}
              </span>
              {operation.kind === 'TRIGGER' && <span className="pill accent">trigger</span>}
            </button>
          </li>
        ))}
      </ul>
      <MoreButton pages={pages} />
    </>
  )
}
