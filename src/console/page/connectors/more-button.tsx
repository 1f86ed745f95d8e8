// Loads the next page of a list, where there is one.
import type { Pages } from '../use-pages.ts'

export function MoreButton<T>({ pages: { answer, more, moreFailed } }: { pages: Pages<T> }) {
  if (answer.state !== 'ready' || !answer.value.pageInfo.hasNextPage) return null
  const { nodes, totalCount } = answer.value
  return (
    <>
      {moreFailed !== '' && <p className="notice error">{moreFailed}</p>}
      <button type="button" className="button quiet wide" onClick={more}>
        Show more ({totalCount - nodes.length} left)
      </button>
    </>
  )
}
