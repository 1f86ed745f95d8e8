// One answer of the hub as React state. While a newer answer is on its way the older one stays on the screen.
import { useCallback, useEffect, useRef, useState } from 'react'
import { messageOf } from './hub-error.ts'

export type Answer<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly message: string }

/** Calls `load` once, again when its identity changes, and again on `reload`. Only the latest call counts. */
export function useAnswer<T>(load: () => Promise<T>): { answer: Answer<T>; reload: () => Promise<void> } {
  const [answer, setAnswer] = useState<Answer<T>>({ state: 'loading' })
  const turn = useRef(0)
  const reload = useCallback(async () => {
    turn.current += 1
    const mine = turn.current
    const next = await load().then(
      (value): Answer<T> => ({ state: 'ready', value }),
      (error: unknown): Answer<T> => ({ state: 'failed', message: messageOf(error) }),
    )
    if (mine === turn.current) setAnswer(next)
  }, [load])
  useEffect(() => {
    void reload()
    return () => {
      turn.current += 1
    }
  }, [reload])
  return { answer, reload }
}
