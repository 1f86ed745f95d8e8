// A list of the hub that arrives page by page.
import { useCallback, useState } from 'react'
import { messageOf } from './hub-error.ts'
import { type Answer, useAnswer } from './use-answer.ts'

export interface Page<T> {
  readonly nodes: T[]
  readonly totalCount: number
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

export interface Pages<T> {
  readonly answer: Answer<Page<T>>
  /** Why the latest `more` failed, or an empty string. */
  readonly moreFailed: string
  readonly more: () => Promise<void>
}

/** Loads the first page, then one more for each call of `more`; starts anew when `load` changes. */
export function usePages<T>(load: (after: string | null) => Promise<Page<T>>): Pages<T> {
  const [added, setAdded] = useState<{ readonly to: Page<T>; readonly page: Page<T> } | null>(null)
  const [moreFailed, setMoreFailed] = useState('')
  const { answer: first } = useAnswer(useCallback(() => load(null), [load]))

  const start = first.state === 'ready' ? first.value : null
  const shown = start && added?.to === start ? added.page : start
  const more = async () => {
    if (!start || !shown) return
    setMoreFailed('')
    try {
      const next = await load(shown.pageInfo.endCursor)
      setAdded({ to: start, page: { ...next, nodes: [...shown.nodes, ...next.nodes] } })
    } catch (error) {
      setMoreFailed(messageOf(error))
    }
  }
  return { answer: shown ? { state: 'ready', value: shown } : first, moreFailed, more }
}
