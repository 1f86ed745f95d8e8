// Style sheets follow the system's theme by themselves; Monaco has to be told when it changes.
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react'
import { useEffect } from 'react'

export function SystemTheme() {
  const chosen = useGraphiQL(state => state.theme)
  const { setTheme } = useGraphiQLActions()
  useEffect(() => {
    if (chosen) return
    const dark = window.matchMedia('(prefers-color-scheme: dark)')
    const follow = () => setTheme(null)
    dark.addEventListener('change', follow)
    return () => dark.removeEventListener('change', follow)
  }, [chosen, setTheme])
  return null
}
